resource "aws_s3_bucket" "data" {
  for_each = toset(["logs", "media"])

  bucket = "acme-${each.key}"
}

resource "aws_s3_bucket_policy" "data" {
  for_each = toset(["logs", "media"])

  bucket = aws_s3_bucket.data[each.key].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "AllowRead"
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::111122223333:root" }
        Action    = "s3:GetObject"
        Resource  = "${aws_s3_bucket.data[each.key].arn}/*"
      },
      {
        Sid       = "DenyInsecureTransport"
        Effect    = "Deny"
        Principal = "*"
        Action    = "s3:*"
        Resource = [
          aws_s3_bucket.data[each.key].arn,
          "${aws_s3_bucket.data[each.key].arn}/*",
        ]
        Condition = {
          Bool = {
            "aws:SecureTransport" = "false"
          }
        }
      },
    ]
  })
}
