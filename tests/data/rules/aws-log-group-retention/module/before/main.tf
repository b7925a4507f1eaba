module "app" {
  source = "./app"
  days   = 30
}
