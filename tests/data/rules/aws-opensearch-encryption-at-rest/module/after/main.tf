module "logs" {
  source  = "./modules/logs"
  name    = "logs"
  encrypt = true
}
