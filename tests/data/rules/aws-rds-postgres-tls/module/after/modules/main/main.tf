variable "name" {
  type = string
}

variable "setting" {
  type = string
}

resource "aws_db_parameter_group" "this" {
  name   = var.name
  family = "postgres14"

  parameter {
    name  = "rds.force_ssl"
    value = var.setting
  }
}
