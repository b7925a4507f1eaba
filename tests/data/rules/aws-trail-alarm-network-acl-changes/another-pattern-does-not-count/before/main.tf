resource "aws_cloudwatch_log_group" "trail" {
  name              = "trail"
  retention_in_days = 365
}

resource "aws_cloudtrail" "main" {
  name                       = "main"
  s3_bucket_name             = "acme-trail"
  is_multi_region_trail      = true
  cloud_watch_logs_group_arn = "${aws_cloudwatch_log_group.trail.arn}:*"
  cloud_watch_logs_role_arn  = "arn:aws:iam::111122223333:role/trail"
}

resource "aws_cloudwatch_log_metric_filter" "trail" {
  log_group_name = aws_cloudwatch_log_group.trail.name

  name    = "${aws_cloudwatch_log_group.trail.name}-network-acl-changes"
  pattern = "{ $.eventName = Other }"

  metric_transformation {
    name      = "${aws_cloudwatch_log_group.trail.name}-network-acl-changes"
    namespace = "CloudTrail"
    value     = "1"
  }
}

resource "aws_cloudwatch_metric_alarm" "trail_network_acl_changes" {
  alarm_name          = "${aws_cloudwatch_log_group.trail.name}-network-acl-changes"
  alarm_description   = "Somebody changed a network ACL."
  namespace           = "CloudTrail"
  metric_name         = aws_cloudwatch_log_metric_filter.trail.metric_transformation[0].name
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = ["arn:aws:sns:eu-west-1:111122223333:alarms"]
}
