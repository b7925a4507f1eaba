variable "policy" {
  type    = string
  default = "{\"Statement\": []}"
}

resource "aws_sqs_queue" "data" {
  name = "orders"
}

resource "aws_sqs_queue_policy" "data" {
  queue_url = aws_sqs_queue.data.id
  policy    = var.policy
}
