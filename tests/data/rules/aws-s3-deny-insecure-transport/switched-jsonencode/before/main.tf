variable "create" {
  type    = bool
  default = true
}

resource "aws_s3_bucket" "data" {
  count = var.create ? 1 : 0

  bucket = "acme-data"
}

resource "aws_s3_bucket_policy" "data" {
  count = var.create ? 1 : 0

  bucket = aws_s3_bucket.data[0].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "AllowRead"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::111122223333:root" }
        Action    = "s3:GetObject"
        Resource  = "${aws_s3_bucket.data[0].arn}/*"
      },
    ]
  })
}
