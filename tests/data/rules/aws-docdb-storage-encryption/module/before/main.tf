module "orders" {
  source  = "./modules/orders"
  name    = "orders"
  encrypt = false
}
