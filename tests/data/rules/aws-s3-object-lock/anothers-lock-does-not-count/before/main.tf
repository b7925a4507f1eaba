resource "aws_s3_bucket" "data" {
  bucket = "acme-data"
}

resource "aws_s3_bucket" "other" {
  bucket = "acme-other"
}

resource "aws_s3_bucket_object_lock_configuration" "other" {
  bucket = aws_s3_bucket.other.id
}
