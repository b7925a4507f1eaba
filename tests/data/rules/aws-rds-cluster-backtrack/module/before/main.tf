module "orders" {
  source = "./modules/orders"
  name   = "orders"
  window = 0
}
