variable "name" {
  type = string
}

resource "aws_sqs_queue" "data" {
  name = var.name
}
