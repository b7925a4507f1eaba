module "orders" {
  source = "./modules/orders"
  name   = "orders"
  kms    = "arn:aws:kms:eu-central-1:111122223333:key/mrk-1"
}
