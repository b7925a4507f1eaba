resource "aws_s3_bucket" "data" {
  bucket = "acme-data"
}

resource "aws_s3_bucket_notification" "data" {
  bucket = aws_s3_bucket.data.id

  eventbridge = true
}

resource "aws_s3_bucket" "other" {
  bucket = "other-data"
}
