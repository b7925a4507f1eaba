module "facts" {
  source = "./modules/facts"
  name   = "facts"
  tls    = "true"
}

module "spare" {
  source = "./modules/facts"
  name   = "spare"
}
