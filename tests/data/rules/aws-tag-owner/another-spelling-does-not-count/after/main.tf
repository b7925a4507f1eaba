resource "aws_s3_bucket" "data" {
  bucket = "acme-data"
  tags   = { vantaowner = "x", VantaOwner = "ops@acme.example" }
}

resource "aws_s3_bucket" "other" {
  bucket = "acme-other"
}
