resource "aws_cloudwatch_log_group" "trail" {
  count = 1

  name              = "trail"
  retention_in_days = 365
}

resource "aws_cloudtrail" "main" {
  count = 1

  name                       = "main"
  s3_bucket_name             = "acme-trail"
  is_multi_region_trail      = true
  cloud_watch_logs_group_arn = "${aws_cloudwatch_log_group.trail[count.index].arn}:*"
  cloud_watch_logs_role_arn  = "arn:aws:iam::111122223333:role/trail"
}
