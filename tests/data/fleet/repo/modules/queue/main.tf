variable "name" {
  type = string
}

variable "fifo" {
  type    = bool
  default = false
}

variable "dead_letters" {
  type    = bool
  default = true
}

locals {
  suffix = var.fifo ? ".fifo" : ""
}

resource "aws_sqs_queue" "this" {
  name                    = "${var.name}${local.suffix}"
  fifo_queue              = var.fifo
  sqs_managed_sse_enabled = true

  redrive_policy = var.dead_letters ? jsonencode({
    deadLetterTargetArn = aws_sqs_queue.dead[0].arn
    maxReceiveCount     = 5
  }) : null
}

resource "aws_sqs_queue" "dead" {
  count = var.dead_letters ? 1 : 0

  name       = "${var.name}-dead${local.suffix}"
  fifo_queue = var.fifo
}

output "arn" {
  value = aws_sqs_queue.this.arn
}

output "name" {
  value = aws_sqs_queue.this.name
}
