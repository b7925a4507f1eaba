module "api" {
  source     = "./modules/api"
  subnet_ids = ["subnet-0a", "subnet-0b"]
}
