module "strict" {
  source                  = "./modules/strict"
  minimum_password_length = 14
}
