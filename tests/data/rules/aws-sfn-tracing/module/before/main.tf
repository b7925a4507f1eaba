module "orders" {
  source  = "./modules/orders"
  enabled = false
}
