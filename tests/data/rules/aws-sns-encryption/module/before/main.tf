module "alerts" {
  source            = "./modules/alerts"
  kms_master_key_id = null
}
