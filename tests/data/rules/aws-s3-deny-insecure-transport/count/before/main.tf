resource "aws_s3_bucket" "data" {
  count = 2

  bucket = "acme-${count.index}"
}
