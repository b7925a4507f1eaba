module "main" {
  source  = "./modules/main"
  name    = "main"
  setting = "0"
}
