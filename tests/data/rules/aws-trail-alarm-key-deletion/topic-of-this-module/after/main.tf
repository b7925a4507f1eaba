resource "aws_cloudwatch_log_group" "trail" {
  name              = "trail"
  retention_in_days = 365
}

resource "aws_cloudwatch_log_metric_filter" "trail" {
  log_group_name = aws_cloudwatch_log_group.trail.name

  name    = "${aws_cloudwatch_log_group.trail.name}-key-deletion"
  pattern = "{($.eventSource=kms.amazonaws.com) && (($.eventName=DisableKey) || ($.eventName=ScheduleKeyDeletion))}"

  metric_transformation {
    name      = "${aws_cloudwatch_log_group.trail.name}-key-deletion"
    namespace = "CloudTrail"
    value     = "1"
  }
}

resource "aws_cloudwatch_metric_alarm" "trail_key_deletion" {
  alarm_name          = "${aws_cloudwatch_log_group.trail.name}-key-deletion"
  alarm_description   = "Somebody disabled a KMS key or scheduled its deletion."
  namespace           = "CloudTrail"
  metric_name         = aws_cloudwatch_log_metric_filter.trail.metric_transformation[0].name
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.ops.arn]
}

resource "aws_cloudtrail" "main" {
  name                       = "main"
  s3_bucket_name             = "acme-trail"
  is_multi_region_trail      = true
  cloud_watch_logs_group_arn = "${aws_cloudwatch_log_group.trail.arn}:*"
  cloud_watch_logs_role_arn  = "arn:aws:iam::111122223333:role/trail"
}
