module "queue" {
  source = "./queue"
  name   = "orders"
}
