module "orders" {
  source = "./modules/queue"
}
