module "api" {
  source     = "./modules/api"
  target_arn = ""
}
