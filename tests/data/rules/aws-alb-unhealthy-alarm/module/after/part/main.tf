variable "told" {
  type = bool
}

resource "aws_lb" "web" {
  name    = "web"
  subnets = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
}

resource "aws_cloudwatch_metric_alarm" "hosts" {
  alarm_name          = "hosts"
  namespace           = "AWS/ApplicationELB"
  metric_name         = "UnHealthyHostCount"
  statistic           = "Maximum"
  period              = 60
  evaluation_periods  = 3
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  alarm_actions       = ["arn:aws:sns:eu-west-1:111122223333:alarms"]
  actions_enabled     = var.told

  dimensions = {
    LoadBalancer = aws_lb.web.arn_suffix
    TargetGroup  = "targetgroup/web/0123456789abcdef"
  }
}
