resource "aws_sqs_queue" "data" {
  name = "orders"
  policy = jsonencode({
    Version   = "2012-10-17"
    Statement = []
  })
}
