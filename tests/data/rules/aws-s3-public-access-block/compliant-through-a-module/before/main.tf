resource "aws_s3_bucket" "data" {
  bucket = "acme-data"
}

module "private" {
  source = "./private"
  bucket = aws_s3_bucket.data.id
}
