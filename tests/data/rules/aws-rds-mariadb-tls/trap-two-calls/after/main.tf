module "main" {
  source  = "./modules/main"
  name    = "main"
  setting = "1"
}

module "spare" {
  source = "./modules/main"
  name   = "spare"
}
