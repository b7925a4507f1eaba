module "orders" {
  source   = "./modules/orders"
  name     = "orders"
  interval = 0
}
