module "sessions" {
  source = "./modules/sessions"
  name   = "sessions"
  mode   = "required"
}
