module "sessions" {
  source = "./modules/sessions"
  name   = "sessions"
  zones  = false
}
