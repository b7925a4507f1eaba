module "app" {
  source          = "./modules/app"
  privileged_mode = false
}
