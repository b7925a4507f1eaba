module "app" {
  source          = "./modules/app"
  encryption_type = "AES256"
}
