module "orders" {
  source             = "../queue"
  name               = "orders"
  managed_encryption = true
}
