provider "aws" {
  region = "eu-west-1"

  default_tags {
    tags = {
      VantaOwner = "x"
    }
  }
}

resource "aws_s3_bucket" "data" {
  bucket = "acme-data"
}
