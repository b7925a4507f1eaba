resource "aws_rds_cluster_instance" "main" {
  identifier         = "main"
  cluster_identifier = "shop"
  engine             = "aurora-mysql"
  instance_class     = "db.r6g.large"
}

resource "aws_cloudwatch_metric_alarm" "main" {
  dimensions = { DBInstanceIdentifier = aws_rds_cluster_instance.main.identifier }

  alarm_name          = "${aws_rds_cluster_instance.main.identifier}-local-storage"
  namespace           = "AWS/RDS"
  metric_name         = "FreeLocalStorage"
  statistic           = "Minimum"
  period              = 300
  evaluation_periods  = 2
  comparison_operator = "LessThanThreshold"
  threshold           = 2147483648
  alarm_actions       = ["arn:aws:sns:eu-west-1:111122223333:alarms"]
  actions_enabled     = var.told
}
