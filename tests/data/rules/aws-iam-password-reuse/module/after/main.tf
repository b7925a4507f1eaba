module "strict" {
  source                    = "./modules/strict"
  password_reuse_prevention = 24
}
