module "research" {
  source     = "./modules/research"
  kms_key_id = null
}
