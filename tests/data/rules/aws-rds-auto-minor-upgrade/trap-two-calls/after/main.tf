module "orders" {
  source  = "./modules/orders"
  name    = "orders"
  upgrade = true
}

module "spare" {
  source = "./modules/orders"
  name   = "spare"
}
