variable "name" {
  type = string
}

variable "versioning" {
  type = bool
}

resource "aws_s3_bucket" "this" {
  bucket = "acme-${var.name}"
}

resource "aws_s3_bucket_versioning" "this" {
  bucket = aws_s3_bucket.this.id

  versioning_configuration {
    status = var.versioning ? "Enabled" : "Suspended"
  }
}
