module "facts" {
  source = "./modules/facts"
  name   = "facts"
  kms    = null
}
