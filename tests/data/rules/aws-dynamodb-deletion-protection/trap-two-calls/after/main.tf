module "orders" {
  source  = "./modules/orders"
  name    = "orders"
  protect = true
}

module "spare" {
  source = "./modules/orders"
  name   = "spare"
}
