provider "aws" {
  alias  = "disaster"
  region = "eu-central-1"
}

resource "aws_s3_bucket" "replica" {
  provider = aws.disaster
  bucket   = "harbour-replica"
}

resource "aws_s3_bucket_versioning" "replica" {
  provider = aws.disaster
  bucket   = aws_s3_bucket.replica.id

  versioning_configuration {
    status = "Enabled"
  }
}
