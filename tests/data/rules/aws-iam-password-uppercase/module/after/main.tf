module "strict" {
  source                       = "./modules/strict"
  require_uppercase_characters = true
}
