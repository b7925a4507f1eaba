module "events" {
  source     = "./modules/events"
  kms_key_id = "alias/aws/kinesis"
}
