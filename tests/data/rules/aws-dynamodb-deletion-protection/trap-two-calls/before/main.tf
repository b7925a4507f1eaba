module "orders" {
  source = "./modules/orders"
  name   = "orders"
}

module "spare" {
  source = "./modules/orders"
  name   = "spare"
}
