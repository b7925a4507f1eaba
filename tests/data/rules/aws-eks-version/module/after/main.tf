module "main" {
  source             = "./modules/main"
  kubernetes_version = "1.34"
}
