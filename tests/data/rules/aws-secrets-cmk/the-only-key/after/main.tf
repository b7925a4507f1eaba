resource "aws_kms_key" "data" {
  description = "data"
}

resource "aws_secretsmanager_secret" "db" {
  name       = "db"
  kms_key_id = aws_kms_key.data.arn
}
