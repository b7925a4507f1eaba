module "uploads" {
  source         = "./modules/uploads"
  source_account = "111122223333"
}
