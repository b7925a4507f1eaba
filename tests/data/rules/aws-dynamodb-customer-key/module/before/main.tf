module "orders" {
  source = "./modules/orders"
  name   = "orders"
  kms    = null
}
