module "logs" {
  source = "./modules/logs"
  name   = "logs"
  policy = "Policy-Min-TLS-1-0-2019-07"
}
