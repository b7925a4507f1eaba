resource "aws_cloudwatch_log_metric_filter" "trail" {
  log_group_name = aws_cloudwatch_log_group.trail.name

  name    = "${aws_cloudwatch_log_group.trail.name}-iam-changes"
  pattern = "{($.eventSource=iam.amazonaws.com) && (($.eventName=DeleteGroupPolicy) || ($.eventName=DeleteRolePolicy) || ($.eventName=DeleteUserPolicy) || ($.eventName=PutGroupPolicy) || ($.eventName=PutRolePolicy) || ($.eventName=PutUserPolicy) || ($.eventName=CreatePolicy) || ($.eventName=DeletePolicy) || ($.eventName=CreatePolicyVersion) || ($.eventName=DeletePolicyVersion) || ($.eventName=AttachRolePolicy) || ($.eventName=DetachRolePolicy) || ($.eventName=AttachUserPolicy) || ($.eventName=DetachUserPolicy) || ($.eventName=AttachGroupPolicy) || ($.eventName=DetachGroupPolicy))}"

  metric_transformation {
    name      = "${aws_cloudwatch_log_group.trail.name}-iam-changes"
    namespace = "CloudTrail"
    value     = "1"
  }
}

resource "aws_cloudwatch_metric_alarm" "elsewhere" {
  alarm_name          = "${aws_cloudwatch_log_group.trail.name}-iam-changes"
  alarm_description   = "Somebody changed an IAM policy."
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
