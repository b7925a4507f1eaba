module "orders" {
  source  = "./modules/orders"
  name    = "orders"
  upgrade = true
}
