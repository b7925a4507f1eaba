resource "aws_s3_bucket" "data" {
  bucket = "acme-data"
}

module "policy" {
  source = "./policy"
  arn    = aws_s3_bucket.data.arn
}

resource "aws_s3_bucket_policy" "data" {
  bucket = aws_s3_bucket.data.id
  policy = module.policy.json
}
