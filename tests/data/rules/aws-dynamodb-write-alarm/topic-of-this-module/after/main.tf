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

  alarm_name          = "${aws_dynamodb_table.orders.name}-writes"
  namespace           = "AWS/DynamoDB"
  metric_name         = "ConsumedWriteCapacityUnits"
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 2
  comparison_operator = "GreaterThanThreshold"
  threshold           = 240000
  alarm_actions       = [aws_sns_topic.ops.arn]
}
