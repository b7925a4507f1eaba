module "orders" {
  source = "./modules/orders"
  name   = "orders"
  key    = null
}
