module "logs" {
  source            = "./modules/logs"
  encryption_option = ""
}
