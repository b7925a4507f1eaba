module "accounts" {
  source          = "./modules/account"
  password_length = 14
  lowercase       = true
}
