module "logs" {
  source  = "./modules/logs"
  name    = "logs"
  subnets = null
}
