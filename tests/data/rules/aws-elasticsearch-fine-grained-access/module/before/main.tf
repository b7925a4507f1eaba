module "logs" {
  source = "./modules/logs"
  name   = "logs"
  access = false
}
