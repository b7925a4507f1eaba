# A second aws_s3_bucket_versioning in the module would meet the first one in this call.
module "data" {
  source     = "./store"
  name       = "acme-data"
  versioning = { status = "Enabled" }
}

module "logs" {
  source = "./store"
  name   = "acme-logs"
}
