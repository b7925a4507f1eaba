module "app" {
  source              = "./modules/app"
  encryption_disabled = true
}
