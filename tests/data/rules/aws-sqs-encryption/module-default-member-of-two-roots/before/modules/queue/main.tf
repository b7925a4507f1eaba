variable "queue" {
  default = {
    name      = "orders"
    encrypted = false
  }
}

resource "aws_sqs_queue" "this" {
  name                    = var.queue.name
  sqs_managed_sse_enabled = var.queue.encrypted
}
