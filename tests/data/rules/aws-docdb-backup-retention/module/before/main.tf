module "orders" {
  source = "./modules/orders"
  name   = "orders"
  days   = 1
}
