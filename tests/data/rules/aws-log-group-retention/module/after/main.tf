module "app" {
  source = "./app"
  days   = 365
}
