module "research" {
  source    = "./modules/research"
  subnet_id = null
}
