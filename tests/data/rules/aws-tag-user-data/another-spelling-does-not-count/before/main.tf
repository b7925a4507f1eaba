resource "aws_s3_bucket" "data" {
  bucket = "acme-data"
  tags   = { vantacontainsuserdata = "x" }
}

resource "aws_s3_bucket" "other" {
  bucket = "acme-other"
}
