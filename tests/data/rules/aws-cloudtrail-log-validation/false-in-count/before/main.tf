resource "aws_cloudtrail" "main" {
  count = 2

  name           = "main-${count.index}"
  s3_bucket_name = "acme-trail"

  enable_log_file_validation = false
}
