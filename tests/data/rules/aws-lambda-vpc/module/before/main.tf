module "api" {
  source     = "./modules/api"
  subnet_ids = []
}
