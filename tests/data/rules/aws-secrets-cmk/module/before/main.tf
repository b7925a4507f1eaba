module "db" {
  source     = "./modules/db"
  kms_key_id = "alias/aws/secretsmanager"
}
