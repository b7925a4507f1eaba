module "orders" {
  source  = "./modules/orders"
  name    = "orders"
  protect = false
}
