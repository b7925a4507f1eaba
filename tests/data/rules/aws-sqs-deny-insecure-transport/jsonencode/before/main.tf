resource "aws_sqs_queue" "data" {
  name = "orders"
}

resource "aws_sqs_queue_policy" "data" {
  queue_url = aws_sqs_queue.data.id
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [
      {
        Sid       = "AllowSend"
        Effect    = "Allow"
        Principal = { Service = "sns.amazonaws.com" }
        Action    = "sqs:SendMessage"
        Resource  = aws_sqs_queue.data.arn
      },
    ]
  })
}
