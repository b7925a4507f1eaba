resource "aws_s3_bucket" "data" {
  count  = 3
  bucket = "acme-${count.index}"
}
