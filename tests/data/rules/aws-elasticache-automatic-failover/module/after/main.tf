module "sessions" {
  source   = "./modules/sessions"
  name     = "sessions"
  failover = true
}
