variable "name" {
  type    = string
  default = "db"
}

resource "aws_secretsmanager_secret" "db" {
  name = var.name
}
