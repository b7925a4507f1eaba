resource "aws_sqs_queue" "jobs" {
  for_each = {
    first  = { sqs_managed_sse_enabled = true }
    second = { sqs_managed_sse_enabled = false }
  }

  name                    = each.key
  sqs_managed_sse_enabled = each.value.sqs_managed_sse_enabled
}
