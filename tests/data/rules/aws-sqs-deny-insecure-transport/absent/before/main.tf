resource "aws_sqs_queue" "data" {
  name = "orders"
}
