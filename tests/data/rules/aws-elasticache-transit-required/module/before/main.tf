module "sessions" {
  source = "./modules/sessions"
  name   = "sessions"
  mode   = "preferred"
}
