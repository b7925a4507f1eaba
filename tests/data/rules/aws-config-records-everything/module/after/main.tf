module "config" {
  source = "./config"
  all    = true
}
