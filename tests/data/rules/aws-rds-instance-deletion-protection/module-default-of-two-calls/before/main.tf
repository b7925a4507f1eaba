module "orders" {
  source = "./modules/database"
  name   = "orders"
}

module "scratch" {
  source = "./modules/database"
  name   = "scratch"
}
