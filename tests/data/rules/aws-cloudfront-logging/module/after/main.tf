module "part" {
  source = "./part"

  log_bucket = "acme-cdn-logs.s3.amazonaws.com"
}
