module "facts" {
  source  = "./modules/facts"
  name    = "facts"
  upgrade = false
}
