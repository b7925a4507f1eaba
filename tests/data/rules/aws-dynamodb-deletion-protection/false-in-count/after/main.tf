resource "aws_dynamodb_table" "main" {
  count = 2

  name = "main-${count.index}"

  deletion_protection_enabled = true
}
