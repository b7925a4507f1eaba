module "api" {
  source     = "./modules/api"
  target_arn = "arn:aws:sqs:eu-west-1:111122223333:failed"
}
