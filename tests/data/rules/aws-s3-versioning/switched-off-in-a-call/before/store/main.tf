variable "name" {
  type = string
}

variable "versioning" {
  type    = map(string)
  default = {}
}

resource "aws_s3_bucket" "this" {
  count = 1

  bucket = var.name
}

resource "aws_s3_bucket_versioning" "this" {
  count = length(keys(var.versioning)) > 0 ? 1 : 0

  bucket = aws_s3_bucket.this[0].id

  versioning_configuration {
    status = var.versioning["status"]
  }
}
