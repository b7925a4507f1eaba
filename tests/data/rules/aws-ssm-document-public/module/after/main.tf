module "restart" {
  source = "./modules/document"
}
