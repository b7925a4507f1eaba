resource "aws_dynamodb_table" "orders" {
  for_each = toset(["a", "b"])

  name         = "orders-${each.key}"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "id"

  attribute {
    name = "id"
    type = "S"
  }
}
