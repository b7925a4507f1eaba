resource "aws_dynamodb_table" "orders" {
  name         = "orders"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  attribute {
    name = "id"
    type = "S"
  }
}

resource "aws_cloudwatch_metric_alarm" "orders" {
  dimensions = { TableName = aws_dynamodb_table.orders.name }

  alarm_name          = "${aws_dynamodb_table.orders.name}-reads"
  namespace           = "AWS/DynamoDB"
  metric_name         = "ConsumedReadCapacityUnits"
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 2
  comparison_operator = "GreaterThanThreshold"
  threshold           = 240000
  alarm_actions       = ["arn:aws:sns:eu-west-1:111122223333:alarms"]
}
