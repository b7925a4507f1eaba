module "strict" {
  source          = "./modules/strict"
  require_numbers = false
}
