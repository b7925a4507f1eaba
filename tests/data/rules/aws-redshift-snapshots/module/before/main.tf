module "facts" {
  source = "./modules/facts"
  name   = "facts"
  days   = 1
}
