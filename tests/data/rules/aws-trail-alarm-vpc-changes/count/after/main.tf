resource "aws_cloudwatch_log_group" "trail" {
  count = 1

  name              = "trail"
  retention_in_days = 365
}

resource "aws_cloudwatch_log_metric_filter" "trail" {
  count = length(aws_cloudwatch_log_group.trail)

  log_group_name = aws_cloudwatch_log_group.trail[count.index].name

  name    = "${aws_cloudwatch_log_group.trail[count.index].name}-vpc-changes"
  pattern = "{($.eventName=CreateVpc) || ($.eventName=DeleteVpc) || ($.eventName=ModifyVpcAttribute) || ($.eventName=AcceptVpcPeeringConnection) || ($.eventName=CreateVpcPeeringConnection) || ($.eventName=DeleteVpcPeeringConnection) || ($.eventName=RejectVpcPeeringConnection) || ($.eventName=AttachClassicLinkVpc) || ($.eventName=DetachClassicLinkVpc) || ($.eventName=DisableVpcClassicLink) || ($.eventName=EnableVpcClassicLink)}"

  metric_transformation {
    name      = "${aws_cloudwatch_log_group.trail[count.index].name}-vpc-changes"
    namespace = "CloudTrail"
    value     = "1"
  }
}

resource "aws_cloudwatch_metric_alarm" "trail_vpc_changes" {
  count = length(aws_cloudwatch_log_group.trail)

  alarm_name          = "${aws_cloudwatch_log_group.trail[count.index].name}-vpc-changes"
  alarm_description   = "Somebody changed a VPC."
  namespace           = "CloudTrail"
  metric_name         = aws_cloudwatch_log_metric_filter.trail[count.index].metric_transformation[0].name
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanOrEqualToThreshold"
  threshold           = 1
  treat_missing_data  = "notBreaching"
  alarm_actions       = ["arn:aws:sns:eu-west-1:111122223333:alarms"]
}

resource "aws_cloudtrail" "main" {
  count = 1

  name                       = "main"
  s3_bucket_name             = "acme-trail"
  is_multi_region_trail      = true
  cloud_watch_logs_group_arn = "${aws_cloudwatch_log_group.trail[count.index].arn}:*"
  cloud_watch_logs_role_arn  = "arn:aws:iam::111122223333:role/trail"
}
