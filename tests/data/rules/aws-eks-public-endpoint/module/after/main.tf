module "main" {
  source                 = "./modules/main"
  endpoint_public_access = false
}
