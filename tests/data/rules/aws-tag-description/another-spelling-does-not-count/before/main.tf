resource "aws_s3_bucket" "data" {
  bucket = "acme-data"
  tags   = { vantadescription = "x" }
}

resource "aws_s3_bucket" "other" {
  bucket = "acme-other"
}
