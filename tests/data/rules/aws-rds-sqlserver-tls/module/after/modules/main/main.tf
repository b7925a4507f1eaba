variable "name" {
  type = string
}

variable "setting" {
  type = string
}

resource "aws_db_parameter_group" "this" {
  name   = var.name
  family = "sqlserver-se-15.0"

  parameter {
    name         = "rds.force_ssl"
    apply_method = "pending-reboot"
    value        = var.setting
  }
}
