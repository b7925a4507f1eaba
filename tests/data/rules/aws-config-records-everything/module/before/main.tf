module "config" {
  source = "./config"
  all    = false
}
