module "main" {
  source  = "./modules/main"
  name    = "main"
  setting = "1"
}
