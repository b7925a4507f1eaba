resource "aws_cloudwatch_metric_alarm" "cpu" {
  actions_enabled = false
}
