variable "kms_key_id" {
  type = string
}

resource "aws_secretsmanager_secret" "db" {
  name       = "db"
  kms_key_id = var.kms_key_id
}
