resource "aws_s3_bucket" "data" {
  for_each = toset(["raw", "clean"])

  bucket = "acme-${each.key}-data"
}

resource "aws_s3_bucket_notification" "data" {
  for_each = aws_s3_bucket.data

  bucket = each.value.id

  eventbridge = true
}
