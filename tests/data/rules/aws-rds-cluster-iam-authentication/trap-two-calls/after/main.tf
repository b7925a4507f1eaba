module "orders" {
  source = "./modules/orders"
  name   = "orders"
  iam    = true
}

module "spare" {
  source = "./modules/orders"
  name   = "spare"
}
