variable "keep_days" {
  type    = number
  default = 30
}

resource "aws_cloudwatch_log_group" "jobs" {
  name              = "/harbour/jobs"
  retention_in_days = var.keep_days
}
