module "uploads" {
  source         = "./modules/uploads"
  source_account = null
}
