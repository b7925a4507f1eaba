module "accounts" {
  source          = "./modules/account"
  password_length = 10
  lowercase       = false
}
