module "db" {
  source = "./modules/db"
  key_id = "alias/aws/ssm"
}
