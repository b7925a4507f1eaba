resource "aws_cloudwatch_event_rule" "findings" {
  name          = "findings"
  event_pattern = "{\"source\":[\"aws.guardduty\"]}"
}

resource "aws_cloudwatch_event_target" "findings" {
  rule = aws_cloudwatch_event_rule.findings.name

  target_id = "findings"
  arn       = "arn:aws:sns:eu-west-1:111122223333:alarms"
}
