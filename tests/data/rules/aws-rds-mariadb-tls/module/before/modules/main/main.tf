variable "name" {
  type = string
}

variable "setting" {
  type = string
}

resource "aws_db_parameter_group" "this" {
  name   = var.name
  family = "mariadb10.11"

  parameter {
    name  = "require_secure_transport"
    value = var.setting
  }
}
