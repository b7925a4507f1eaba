module "sessions" {
  source = "./modules/sessions"
  name   = "sessions"
  days   = 0
}
