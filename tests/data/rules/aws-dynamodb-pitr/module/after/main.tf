module "orders" {
  source = "./modules/orders"
  name   = "orders"
  on     = true
}
