module "api" {
  source  = "./modules/api"
  runtime = "python3.8"
}
