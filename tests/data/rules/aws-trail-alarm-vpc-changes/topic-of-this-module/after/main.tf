resource "aws_cloudwatch_log_group" "trail" {
  name              = "trail"
  retention_in_days = 365
}

resource "aws_cloudwatch_log_metric_filter" "trail" {
  log_group_name = aws_cloudwatch_log_group.trail.name

  name    = "${aws_cloudwatch_log_group.trail.name}-vpc-changes"
  pattern = "{($.eventName=CreateVpc) || ($.eventName=DeleteVpc) || ($.eventName=ModifyVpcAttribute) || ($.eventName=AcceptVpcPeeringConnection) || ($.eventName=CreateVpcPeeringConnection) || ($.eventName=DeleteVpcPeeringConnection) || ($.eventName=RejectVpcPeeringConnection) || ($.eventName=AttachClassicLinkVpc) || ($.eventName=DetachClassicLinkVpc) || ($.eventName=DisableVpcClassicLink) || ($.eventName=EnableVpcClassicLink)}"

  metric_transformation {
    name      = "${aws_cloudwatch_log_group.trail.name}-vpc-changes"
    namespace = "CloudTrail"
    value     = "1"
  }
}

resource "aws_cloudwatch_metric_alarm" "trail_vpc_changes" {
  alarm_name          = "${aws_cloudwatch_log_group.trail.name}-vpc-changes"
  alarm_description   = "Somebody changed a VPC."
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
