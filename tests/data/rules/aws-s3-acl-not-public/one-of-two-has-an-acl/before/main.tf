resource "aws_s3_bucket" "data" {
  for_each = toset(["raw", "clean"])

  bucket = "acme-${each.key}"
}

resource "aws_s3_bucket_acl" "raw" {
  bucket = aws_s3_bucket.data["raw"].id
  acl    = "public-read"
}
