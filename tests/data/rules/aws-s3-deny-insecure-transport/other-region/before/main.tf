provider "aws" {
  alias  = "west"
  region = "us-west-2"
}

resource "aws_s3_bucket" "data" {
  provider = aws.west
  bucket   = "acme-data"
}
