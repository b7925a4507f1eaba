resource "aws_sqs_queue" "data" {
  for_each = toset(["orders", "returns"])

  name = each.key
}
