resource "aws_s3_bucket" "data" {
  bucket = "acme-data"
}

resource "aws_s3_bucket_ownership_controls" "some" {
  bucket = var.subject

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}
