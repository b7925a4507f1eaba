resource "aws_instance" "web" {
  ami           = "ami-0123456789abcdef0"
  instance_type = "t3.micro"
}

resource "aws_cloudwatch_metric_alarm" "web" {
  dimensions = { InstanceId = aws_instance.web.id }

  alarm_name          = "${aws_instance.web.id}-cpu"
  namespace           = "AWS/EC2"
  metric_name         = "Other"
  statistic           = "Average"
  period              = 300
  evaluation_periods  = 2
  comparison_operator = "GreaterThanThreshold"
  threshold           = 90
  alarm_actions       = ["arn:aws:sns:eu-west-1:111122223333:alarms"]
}
