module "facts" {
  source = "./modules/facts"
  name   = "facts"
}

module "spare" {
  source = "./modules/facts"
  name   = "spare"
}
