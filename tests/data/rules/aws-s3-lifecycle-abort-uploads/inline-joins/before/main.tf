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
}
