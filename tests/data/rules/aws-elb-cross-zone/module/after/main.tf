module "part" {
  source = "./part"

  cross_zone_load_balancing = true
}
