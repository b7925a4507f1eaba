module "jobs" {
  source            = "./modules/jobs"
  kms_master_key_id = "alias/aws/sqs"
}
