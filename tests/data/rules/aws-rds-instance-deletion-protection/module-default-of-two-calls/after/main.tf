module "orders" {
  source  = "./modules/database"
  name    = "orders"
  protect = true
}

module "scratch" {
  source = "./modules/database"
  name   = "scratch"
}
