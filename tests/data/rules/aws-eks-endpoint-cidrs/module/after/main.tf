module "main" {
  source              = "./modules/main"
  public_access_cidrs = ["198.51.100.0/24"]
}
