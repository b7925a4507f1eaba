module "app" {
  source = "./modules/app"
  status = "DISABLED"
}
