resource "aws_s3_bucket" "data" {
  bucket = "acme-data"
}

resource "aws_s3_bucket_logging" "data" {
  bucket = aws_s3_bucket.data.id

  target_bucket = "acme-logs"
  target_prefix = "s3/${aws_s3_bucket.data.id}/"
}
