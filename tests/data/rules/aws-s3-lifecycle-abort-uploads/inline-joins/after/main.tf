resource "aws_s3_bucket" "data" {
  bucket = "acme-data"

  lifecycle_rule {
    id      = "archive"
    enabled = true

    transition {
      days          = 90
      storage_class = "GLACIER"
    }
  }

  lifecycle_rule {
    id                                     = "abort-mpu"
    enabled                                = true
    abort_incomplete_multipart_upload_days = 7
  }
}
