resource "aws_s3_bucket" "data" {
  for_each = toset(["raw", "clean"])

  bucket = "acme-${each.key}-data"
}

resource "aws_s3_bucket_logging" "data" {
  for_each = aws_s3_bucket.data

  bucket = each.value.id

  target_bucket = "acme-logs"
  target_prefix = "s3/${each.value.id}/"
}
