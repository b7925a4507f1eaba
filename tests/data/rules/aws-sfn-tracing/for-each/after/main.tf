resource "aws_sfn_state_machine" "orders" {
  for_each = {
    first  = { enabled = true }
    second = { enabled = true }
  }

  name       = each.key
  role_arn   = "arn:aws:iam::111122223333:role/orders"
  definition = jsonencode({ StartAt = "Done", States = { Done = { Type = "Succeed" } } })

  tracing_configuration {
    enabled = each.value.enabled
  }
}
