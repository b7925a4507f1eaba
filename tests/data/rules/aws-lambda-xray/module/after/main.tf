module "api" {
  source = "./modules/api"
  mode   = "Active"
}
