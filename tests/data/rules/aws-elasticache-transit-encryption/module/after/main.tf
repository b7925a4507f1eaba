module "sessions" {
  source = "./modules/sessions"
  name   = "sessions"
  tls    = true
}
