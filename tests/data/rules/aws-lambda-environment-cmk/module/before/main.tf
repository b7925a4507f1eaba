module "api" {
  source      = "./modules/api"
  kms_key_arn = ""
}
