resource "aws_db_instance" "main" {
  identifier                  = "main"
  engine                      = "mysql"
  instance_class              = "db.t3.micro"
  allocated_storage           = 20
  username                    = "admin"
  manage_master_user_password = true
}

resource "aws_db_instance" "other" {
  identifier                  = "other"
  engine                      = "mysql"
  instance_class              = "db.t3.micro"
  allocated_storage           = 20
  username                    = "admin"
  manage_master_user_password = true
}

resource "aws_cloudwatch_metric_alarm" "other" {
  dimensions = { DBInstanceIdentifier = aws_db_instance.other.identifier }

  alarm_name          = "${aws_db_instance.other.identifier}-memory"
  namespace           = "AWS/RDS"
  metric_name         = "FreeableMemory"
  statistic           = "Average"
  period              = 300
  evaluation_periods  = 2
  comparison_operator = "LessThanThreshold"
  threshold           = 268435456
  alarm_actions       = ["arn:aws:sns:eu-west-1:111122223333:alarms"]
}
