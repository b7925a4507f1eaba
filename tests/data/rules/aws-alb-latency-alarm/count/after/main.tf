resource "aws_lb" "web" {
  count = 2

  name    = "web-${count.index}"
  subnets = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
}

resource "aws_cloudwatch_metric_alarm" "web" {
  count = length(aws_lb.web)

  dimensions = { LoadBalancer = aws_lb.web[count.index].arn_suffix }

  alarm_name          = "${aws_lb.web[count.index].name}-latency"
  namespace           = "AWS/ApplicationELB"
  metric_name         = "TargetResponseTime"
  statistic           = "Average"
  period              = 300
  evaluation_periods  = 2
  comparison_operator = "GreaterThanThreshold"
  threshold           = 1
  alarm_actions       = ["arn:aws:sns:eu-west-1:111122223333:alarms"]
}
