module "orders" {
  source  = "./modules/orders"
  name    = "orders"
  upgrade = false
}
