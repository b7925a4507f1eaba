locals {
  all = {
    first  = { on = true }
    second = { on = false }
  }
}

resource "aws_dynamodb_table" "orders" {
  for_each = local.all

  name         = each.key
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  attribute {
    name = "id"
    type = "S"
  }

  point_in_time_recovery {
    enabled = each.value.on
  }
}
