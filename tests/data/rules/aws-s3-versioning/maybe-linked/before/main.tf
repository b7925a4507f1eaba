resource "aws_s3_bucket" "data" {
  bucket = "acme-data"
}

variable "bucket" {
  type = string
}

resource "aws_s3_bucket_versioning" "some" {
  bucket = var.bucket

  versioning_configuration {
    status = "Enabled"
  }
}
