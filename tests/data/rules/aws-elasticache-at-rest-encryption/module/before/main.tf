module "sessions" {
  source  = "./modules/sessions"
  name    = "sessions"
  encrypt = false
}
