module "main" {
  source      = "./modules/main"
  kms_key_arn = null
}
