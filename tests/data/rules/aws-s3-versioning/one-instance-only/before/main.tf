resource "aws_s3_bucket" "data" {
  for_each = toset(["raw", "clean"])
  bucket   = "acme-${each.key}"
}

resource "aws_s3_bucket_versioning" "raw" {
  bucket = aws_s3_bucket.data["raw"].id

  versioning_configuration {
    status = "Enabled"
  }
}
