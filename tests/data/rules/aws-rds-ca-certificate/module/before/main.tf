module "orders" {
  source    = "./modules/orders"
  name      = "orders"
  authority = "rds-ca-2019"
}
