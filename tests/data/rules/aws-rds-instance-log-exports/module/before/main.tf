module "orders" {
  source = "./modules/orders"
  name   = "orders"
  logs   = []
}
