resource "aws_s3_bucket_logging" "elsewhere" {
  bucket = aws_s3_bucket.data.id

  target_bucket = "acme-logs"
  target_prefix = "data/"
}
