module "main" {
  source = "./modules/main"
  name   = "main"
}

module "spare" {
  source = "./modules/main"
  name   = "spare"
}
