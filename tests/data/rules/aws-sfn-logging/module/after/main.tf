module "orders" {
  source = "./modules/orders"
  level  = "ERROR"
}
