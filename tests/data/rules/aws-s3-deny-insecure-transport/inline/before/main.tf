resource "aws_s3_bucket" "data" {
  bucket = "acme-data"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = []
  })
}
