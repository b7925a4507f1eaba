resource "aws_s3_bucket" "scans" {
  bucket = "harbour-scans"
}

resource "aws_s3_bucket_lifecycle_configuration" "scans" {
  bucket = aws_s3_bucket.scans.id

  rule {
    id     = "incoming"
    status = "Enabled"

    filter {
      prefix = "incoming/"
    }

    abort_incomplete_multipart_upload {
      days_after_initiation = 3
    }
  }
}
