module "orders" {
  source     = "./modules/orders"
  name       = "orders"
  encryption = "NONE"
}
