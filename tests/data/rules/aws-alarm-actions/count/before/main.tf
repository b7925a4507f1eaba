resource "aws_cloudwatch_metric_alarm" "cpu" {
  count = 2


  alarm_name          = "cpu-${count.index}"
  comparison_operator = "GreaterThanThreshold"
  evaluation_periods  = 2
  metric_name         = "CPUUtilization"
  namespace           = "AWS/EC2"
  period              = 300
  statistic           = "Average"
  threshold           = 90
}
