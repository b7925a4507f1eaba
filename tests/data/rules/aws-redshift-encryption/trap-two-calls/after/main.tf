module "facts" {
  source  = "./modules/facts"
  name    = "facts"
  encrypt = true
}

module "spare" {
  source = "./modules/facts"
  name   = "spare"
}
