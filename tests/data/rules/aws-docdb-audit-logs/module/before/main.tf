module "main" {
  source  = "./modules/main"
  name    = "main"
  setting = "disabled"
}
