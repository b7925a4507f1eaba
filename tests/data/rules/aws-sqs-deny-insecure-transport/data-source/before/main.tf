resource "aws_sqs_queue" "data" {
  name = "orders"
}

data "aws_iam_policy_document" "data" {
  statement {
    sid       = "AllowSend"
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.data.arn]

    principals {
      type        = "Service"
      identifiers = ["sns.amazonaws.com"]
    }
  }
}

resource "aws_sqs_queue_policy" "data" {
  queue_url = aws_sqs_queue.data.id
  policy    = data.aws_iam_policy_document.data.json
}
