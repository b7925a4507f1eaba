module "orders" {
  source = "./modules/orders"
  name   = "orders"
  iam    = true
}
