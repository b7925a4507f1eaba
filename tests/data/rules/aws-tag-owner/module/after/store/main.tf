variable "tags" {
  type = map(string)
}

resource "aws_s3_bucket" "data" {
  bucket = "acme-data"
  tags   = var.tags
}
