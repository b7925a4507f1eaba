resource "aws_kms_key" "data" {
  description = "data"
}

resource "aws_secretsmanager_secret" "db" {
  name = "db"
}
