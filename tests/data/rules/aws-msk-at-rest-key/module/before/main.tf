module "events" {
  source                         = "./modules/events"
  encryption_at_rest_kms_key_arn = ""
}
