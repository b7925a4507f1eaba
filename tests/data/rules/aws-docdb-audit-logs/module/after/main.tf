module "main" {
  source  = "./modules/main"
  name    = "main"
  setting = "enabled"
}
