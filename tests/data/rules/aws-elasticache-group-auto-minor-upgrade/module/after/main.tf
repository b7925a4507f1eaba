module "sessions" {
  source  = "./modules/sessions"
  name    = "sessions"
  upgrade = true
}
