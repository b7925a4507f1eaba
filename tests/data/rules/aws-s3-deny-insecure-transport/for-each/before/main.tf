resource "aws_s3_bucket" "data" {
  for_each = toset(["logs", "media"])

  bucket = "acme-${each.key}"
}
