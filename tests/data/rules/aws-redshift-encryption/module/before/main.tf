module "facts" {
  source  = "./modules/facts"
  name    = "facts"
  encrypt = false
}
