module "logs" {
  source = "./modules/logs"
  name   = "logs"
  https  = true
}
