resource "aws_sqs_queue" "data" {
  for_each = toset(["orders", "returns"])

  name = each.key
}

data "aws_iam_policy_document" "data" {
  for_each = aws_sqs_queue.data

  statement {
    sid       = "DenyInsecureTransport"
    effect    = "Deny"
    actions   = ["sqs:*"]
    resources = [each.value.arn]

    principals {
      type        = "*"
      identifiers = ["*"]
    }

    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }
}

resource "aws_sqs_queue_policy" "data" {
  for_each = aws_sqs_queue.data

  queue_url = each.value.id
  policy    = data.aws_iam_policy_document.data[each.key].json
}
