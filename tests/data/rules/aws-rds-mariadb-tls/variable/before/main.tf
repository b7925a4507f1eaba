resource "aws_db_parameter_group" "main" {
  name   = "main"
  family = "mariadb10.11"

  parameter {
    name  = "require_secure_transport"
    value = var.setting
  }
}

variable "setting" {
  type    = string
  default = "OFF"
}
