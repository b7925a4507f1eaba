module "app" {
  source       = "./modules/app"
  scan_on_push = false
}
