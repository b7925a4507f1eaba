module "hook" {
  source             = "./modules/hook"
  authorization_type = "NONE"
}
