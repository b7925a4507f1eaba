module "strict" {
  source          = "./modules/strict"
  require_symbols = true
}
