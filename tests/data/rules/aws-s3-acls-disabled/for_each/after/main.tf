resource "aws_s3_bucket" "data" {
  for_each = toset(["raw", "clean"])

  bucket = "acme-${each.key}-data"
}

resource "aws_s3_bucket_ownership_controls" "data" {
  for_each = aws_s3_bucket.data

  bucket = each.value.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}
