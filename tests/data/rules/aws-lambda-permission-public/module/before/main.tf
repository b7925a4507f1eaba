module "api" {
  source    = "./modules/api"
  principal = "*"
}
