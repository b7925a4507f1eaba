module "orders" {
  source  = "./modules/database"
  name    = "orders"
  protect = false
}
