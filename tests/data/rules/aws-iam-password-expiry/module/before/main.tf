module "strict" {
  source           = "./modules/strict"
  max_password_age = 365
}
