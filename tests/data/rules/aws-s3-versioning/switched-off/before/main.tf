variable "versioned" {
  type    = bool
  default = false
}

resource "aws_s3_bucket" "data" {
  bucket = "acme-data"
}

resource "aws_s3_bucket_versioning" "data" {
  count = var.versioned ? 1 : 0

  bucket = aws_s3_bucket.data.id

  versioning_configuration {
    status = "Enabled"
  }
}
