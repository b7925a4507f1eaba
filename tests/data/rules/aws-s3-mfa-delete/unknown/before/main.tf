resource "aws_s3_bucket" "data" {
  bucket = "acme-data"
}

resource "aws_s3_bucket_versioning" "data" {
  bucket = aws_s3_bucket.data.id

  versioning_configuration {
    status     = "Enabled"
    mfa_delete = var.mfa
  }
}

variable "mfa" {
  type = string
}
