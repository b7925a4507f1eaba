resource "aws_cloudwatch_event_rule" "findings" {
  name                = "findings"
  schedule_expression = "rate(1 day)"
}
