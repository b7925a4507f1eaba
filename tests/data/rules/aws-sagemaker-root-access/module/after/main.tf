module "research" {
  source      = "./modules/research"
  root_access = "Disabled"
}
