resource "aws_cloudwatch_metric_alarm" "elsewhere" {
  dimensions = { FunctionName = aws_lambda_function.jobs.function_name }

  alarm_name          = "${aws_lambda_function.jobs.function_name}-errors"
  namespace           = "AWS/Lambda"
  metric_name         = "Errors"
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 3
  treat_missing_data  = "notBreaching"
  alarm_actions       = ["arn:aws:sns:eu-west-1:111122223333:alarms"]
}
