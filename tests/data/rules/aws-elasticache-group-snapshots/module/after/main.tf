module "sessions" {
  source = "./modules/sessions"
  name   = "sessions"
  days   = 7
}
