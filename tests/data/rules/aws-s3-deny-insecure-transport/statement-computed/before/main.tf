resource "aws_s3_bucket" "data" {
  bucket = "acme-data"
}

resource "aws_s3_bucket_policy" "data" {
  bucket = aws_s3_bucket.data.id
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = concat([], [for who in ["111122223333"] : { Sid = "A", Effect = "Allow", Principal = { AWS = who }, Action = "s3:GetObject", Resource = "arn:aws:s3:::acme-data/*" }])
  })
}
