resource "aws_cloudwatch_event_rule" "findings" {
  name          = "findings"
  event_pattern = var.pattern
}

variable "pattern" {
  type = string
}
