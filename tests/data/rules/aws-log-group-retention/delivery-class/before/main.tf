resource "aws_cloudwatch_log_group" "flows" {
  name              = "/harbour/flows"
  log_group_class   = "DELIVERY"
  retention_in_days = 1
}
