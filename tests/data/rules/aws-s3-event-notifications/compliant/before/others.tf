resource "aws_s3_bucket_notification" "elsewhere" {
  bucket = aws_s3_bucket.data.id

  eventbridge = true
}
