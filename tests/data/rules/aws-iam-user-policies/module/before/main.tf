module "ci" {
  source = "./modules/user"
  user   = "ci"
}
