module "orders" {
  source             = "./modules/queue"
  name               = "orders"
  managed_encryption = true
}
