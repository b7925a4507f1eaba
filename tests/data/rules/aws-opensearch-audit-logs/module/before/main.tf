module "logs" {
  source  = "./modules/logs"
  name    = "logs"
  publish = false
}
