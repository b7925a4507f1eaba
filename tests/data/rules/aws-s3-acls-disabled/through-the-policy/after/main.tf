variable "attach_policy" {
  type    = bool
  default = true
}

resource "aws_s3_bucket" "data" {
  count = 1

  bucket = "acme-data"
}

resource "aws_s3_bucket_policy" "data" {
  count = var.attach_policy ? 1 : 0

  bucket = aws_s3_bucket.data[0].id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Effect    = "Allow"
        Principal = { AWS = "arn:aws:iam::111122223333:root" }
        Action    = "s3:GetObject"
        Resource  = "${aws_s3_bucket.data[0].arn}/*"
      },
    ]
  })
}

# The policy's id is the bucket's name; so this one waits for the policy.
resource "aws_s3_bucket_ownership_controls" "data" {
  count = 1

  bucket = var.attach_policy ? aws_s3_bucket_policy.data[0].id : aws_s3_bucket.data[0].id

  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}
