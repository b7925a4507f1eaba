module "orders" {
  source = "./modules/orders"
  name   = "orders"
  copy   = true
}
