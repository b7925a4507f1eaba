resource "aws_cloudwatch_event_rule" "findings" {
  name          = "findings"
  event_pattern = jsonencode({ source = ["aws.guardduty"] })
}

resource "aws_cloudwatch_event_rule" "other" {
  name                = "other"
  schedule_expression = "rate(1 day)"
}

resource "aws_cloudwatch_event_target" "other" {
  rule = aws_cloudwatch_event_rule.other.name

  target_id = "findings"
  arn       = "arn:aws:sns:eu-west-1:111122223333:alarms"
}
