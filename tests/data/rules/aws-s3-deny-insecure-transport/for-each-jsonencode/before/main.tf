resource "aws_s3_bucket" "data" {
  for_each = toset(["logs", "media"])

  bucket = "acme-${each.key}"
}

resource "aws_s3_bucket_policy" "data" {
  for_each = aws_s3_bucket.data

  bucket = each.value.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "AllowRead"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::111122223333:root" }
        Action    = "s3:GetObject"
        Resource  = "${each.value.arn}/*"
      },
    ]
  })
}
