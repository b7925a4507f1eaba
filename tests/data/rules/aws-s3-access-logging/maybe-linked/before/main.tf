resource "aws_s3_bucket" "data" {
  bucket = "acme-data"
}

resource "aws_s3_bucket_logging" "some" {
  bucket = var.subject

  target_bucket = "acme-logs"
  target_prefix = "data/"
}
