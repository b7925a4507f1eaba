module "part" {
  source = "./part"

  enable_cross_zone_load_balancing = true
}
