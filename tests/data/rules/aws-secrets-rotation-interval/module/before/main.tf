module "db" {
  source                   = "./modules/db"
  automatically_after_days = 365
}
