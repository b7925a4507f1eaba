resource "aws_dynamodb_table" "orders" {
  for_each = toset(["a", "b"])

  name         = "orders-${each.key}"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  attribute {
    name = "id"
    type = "S"
  }
}

resource "aws_cloudwatch_metric_alarm" "orders" {
  for_each = aws_dynamodb_table.orders

  dimensions = { TableName = each.value.name }

  alarm_name          = "${each.value.name}-writes"
  namespace           = "AWS/DynamoDB"
  metric_name         = "ConsumedWriteCapacityUnits"
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 2
  comparison_operator = "GreaterThanThreshold"
  threshold           = 240000
  alarm_actions       = ["arn:aws:sns:eu-west-1:111122223333:alarms"]
}
