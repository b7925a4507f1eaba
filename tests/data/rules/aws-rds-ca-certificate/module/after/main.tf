module "orders" {
  source    = "./modules/orders"
  name      = "orders"
  authority = "rds-ca-rsa2048-g1"
}
