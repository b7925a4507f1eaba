module "orders" {
  source = "./modules/orders"
  name   = "orders"
  public = true
}
