resource "aws_cloudwatch_event_rule" "findings" {
  count = 1

  name          = "findings"
  event_pattern = jsonencode({ source = ["aws.guardduty"] })
}

resource "aws_cloudwatch_event_target" "findings" {
  count = length(aws_cloudwatch_event_rule.findings)

  rule = aws_cloudwatch_event_rule.findings[count.index].name

  target_id = "findings"
  arn       = "arn:aws:sns:eu-west-1:111122223333:alarms"
}
