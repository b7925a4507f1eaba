resource "aws_s3_bucket" "data" {
  bucket = "acme-data"
}

resource "aws_s3_bucket_notification" "some" {
  bucket = var.subject

  eventbridge = true
}
