resource "aws_cloudwatch_log_group" "app" {
  name              = "/app"
  retention_in_days = 365
}

resource "aws_cloudwatch_log_group" "other" {
  name              = "/app"
  retention_in_days = 365
}
