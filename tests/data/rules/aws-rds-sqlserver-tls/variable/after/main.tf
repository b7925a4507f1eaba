resource "aws_db_parameter_group" "main" {
  name   = "main"
  family = "sqlserver-se-15.0"

  parameter {
    name         = "rds.force_ssl"
    apply_method = "pending-reboot"
    value        = var.setting
  }
}

variable "setting" {
  type    = string
  default = "1"
}
