module "orders" {
  source   = "./modules/orders"
  name     = "orders"
  insights = false
}
