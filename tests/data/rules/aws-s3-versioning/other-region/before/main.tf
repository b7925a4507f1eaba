provider "aws" {
  alias  = "disaster"
  region = "eu-central-1"
}

resource "aws_s3_bucket" "replica" {
  provider = aws.disaster
  bucket   = "harbour-replica"
}
