resource "aws_dynamodb_table" "main" {
  deletion_protection_enabled = true
}
