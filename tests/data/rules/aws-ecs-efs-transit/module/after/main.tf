module "web" {
  source             = "./modules/web"
  transit_encryption = "ENABLED"
}
