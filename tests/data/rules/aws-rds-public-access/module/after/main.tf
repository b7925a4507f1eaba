module "orders" {
  source = "./modules/orders"
  name   = "orders"
  public = false
}
