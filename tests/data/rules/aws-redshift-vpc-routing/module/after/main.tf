module "facts" {
  source  = "./modules/facts"
  name    = "facts"
  routing = true
}
