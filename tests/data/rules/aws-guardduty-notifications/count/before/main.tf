resource "aws_cloudwatch_event_rule" "findings" {
  count = 1

  name          = "findings"
  event_pattern = jsonencode({ source = ["aws.guardduty"] })
}
