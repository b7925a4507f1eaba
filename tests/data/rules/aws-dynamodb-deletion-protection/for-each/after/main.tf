locals {
  all = {
    first  = { protect = true }
    second = { protect = true }
  }
}

resource "aws_dynamodb_table" "orders" {
  for_each = local.all

  name                        = each.key
  billing_mode                = "PAY_PER_REQUEST"
  hash_key                    = "id"
  deletion_protection_enabled = each.value.protect

  attribute {
    name = "id"
    type = "S"
  }
}
