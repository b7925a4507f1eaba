resource "aws_s3_bucket" "data" {
  bucket = "acme-data"
  tags   = { vantadescription = "x", VantaDescription = "The web shop" }
}

resource "aws_s3_bucket" "other" {
  bucket = "acme-other"
}
