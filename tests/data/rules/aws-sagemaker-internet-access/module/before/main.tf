module "research" {
  source                 = "./modules/research"
  direct_internet_access = "Enabled"
}
