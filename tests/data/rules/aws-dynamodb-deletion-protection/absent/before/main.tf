resource "aws_dynamodb_table" "main" {
  name = "main"
}
