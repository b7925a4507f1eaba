module "blue" {
  source           = "./modules/blue"
  assign_public_ip = true
}
