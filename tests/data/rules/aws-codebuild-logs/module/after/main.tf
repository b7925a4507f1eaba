module "app" {
  source = "./modules/app"
  status = "ENABLED"
}
