resource "aws_kms_key" "data" {
  description = "data"
}

resource "aws_kms_key" "logs" {
  description = "logs"
}

resource "aws_secretsmanager_secret" "db" {
  name = "db"
}
