resource "aws_s3_bucket" "data" {
  bucket = "acme-data"
}

variable "policy" {
  type = string
}

resource "aws_s3_bucket_policy" "data" {
  bucket = aws_s3_bucket.data.id
  policy = var.policy
}
