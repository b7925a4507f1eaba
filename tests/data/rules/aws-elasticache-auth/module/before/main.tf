module "sessions" {
  source = "./modules/sessions"
  name   = "sessions"
  groups = null
}
