variable "name" {
  type = string
}

variable "managed_encryption" {
  type    = bool
  default = false
}

resource "aws_sqs_queue" "this" {
  name                    = var.name
  sqs_managed_sse_enabled = var.managed_encryption
}
