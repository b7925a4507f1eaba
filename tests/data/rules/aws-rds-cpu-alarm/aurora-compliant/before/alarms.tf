resource "aws_cloudwatch_metric_alarm" "elsewhere" {
  dimensions = { DBInstanceIdentifier = aws_rds_cluster_instance.main.identifier }

  alarm_name          = "${aws_rds_cluster_instance.main.identifier}-cpu"
  namespace           = "AWS/RDS"
  metric_name         = "CPUUtilization"
  statistic           = "Average"
  period              = 300
  evaluation_periods  = 2
  comparison_operator = "GreaterThanThreshold"
  threshold           = 90
  alarm_actions       = ["arn:aws:sns:eu-west-1:111122223333:alarms"]
}
