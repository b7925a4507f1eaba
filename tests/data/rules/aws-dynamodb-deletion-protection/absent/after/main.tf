resource "aws_dynamodb_table" "main" {
  name                        = "main"
  deletion_protection_enabled = true
}
