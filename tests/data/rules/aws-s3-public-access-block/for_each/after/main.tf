resource "aws_s3_bucket" "data" {
  for_each = toset(["raw", "clean"])

  bucket = "acme-${each.key}-data"
}

resource "aws_s3_bucket_public_access_block" "data" {
  for_each = aws_s3_bucket.data

  bucket = each.value.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}
