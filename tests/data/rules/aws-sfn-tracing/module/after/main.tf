module "orders" {
  source  = "./modules/orders"
  enabled = true
}
