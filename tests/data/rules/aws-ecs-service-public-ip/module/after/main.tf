module "web" {
  source           = "./modules/web"
  assign_public_ip = false
}
