module "token" {
  source = "./modules/token"
  type   = "SecureString"
}
