module "orders" {
  source  = "./modules/orders"
  name    = "orders"
  standby = true
}
