module "orders" {
  source = "./modules/orders"
  level  = "OFF"
}
