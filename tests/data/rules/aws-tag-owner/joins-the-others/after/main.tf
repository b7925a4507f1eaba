resource "aws_s3_bucket" "data" {
  bucket = "acme-data"

  tags = {
    Name       = "data" # in the console
    VantaOwner = "ops@acme.example"
  }
}
