resource "aws_s3_account_public_access_block" "all" {
  restrict_public_buckets = true
}
