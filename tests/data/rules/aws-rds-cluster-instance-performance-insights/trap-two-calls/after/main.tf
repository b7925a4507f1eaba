module "orders" {
  source   = "./modules/orders"
  name     = "orders"
  insights = true
}

module "spare" {
  source = "./modules/orders"
  name   = "spare"
}
