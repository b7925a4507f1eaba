module "token" {
  source = "./modules/token"
  type   = "String"
}
