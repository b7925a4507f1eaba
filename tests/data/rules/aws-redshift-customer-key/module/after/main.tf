module "facts" {
  source = "./modules/facts"
  name   = "facts"
  kms    = "arn:aws:kms:eu-central-1:111122223333:key/mrk-2"
}
