module "data" {
  source = "./store"
  name   = "acme-data"
}

resource "aws_s3_bucket_versioning" "data" {
  bucket = module.data.bucket

  versioning_configuration {
    status = "Enabled"
  }
}

module "logs" {
  source = "./store"
  name   = "acme-logs"
}
