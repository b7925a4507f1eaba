resource "aws_lambda_function" "jobs" {
  function_name = "jobs"
  role          = "arn:aws:iam::111122223333:role/jobs"
  handler       = "main.run"
  runtime       = "python3.13"
  filename      = "jobs.zip"
}

resource "aws_cloudwatch_metric_alarm" "jobs" {
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
