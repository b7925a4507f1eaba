variable "sqs_managed_sse_enabled" {
  type    = bool
  default = true
}

resource "aws_sqs_queue" "jobs" {
  name                    = "jobs"
  sqs_managed_sse_enabled = var.sqs_managed_sse_enabled
}
