module "logs" {
  source              = "./modules/logs"
  enable_key_rotation = true
}
