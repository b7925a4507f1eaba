module "orders" {
  source = "../queue"
  name   = "orders"
}
