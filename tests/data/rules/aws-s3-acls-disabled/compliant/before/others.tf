resource "aws_s3_bucket_ownership_controls" "elsewhere" {
  bucket = aws_s3_bucket.data.id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}
