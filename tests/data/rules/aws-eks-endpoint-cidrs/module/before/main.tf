module "main" {
  source              = "./modules/main"
  public_access_cidrs = ["0.0.0.0/0"]
}
