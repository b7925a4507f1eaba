module "strict" {
  source                       = "./modules/strict"
  require_lowercase_characters = false
}
