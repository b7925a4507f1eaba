module "web" {
  source           = "./modules/web"
  platform_version = "1.3.0"
}
