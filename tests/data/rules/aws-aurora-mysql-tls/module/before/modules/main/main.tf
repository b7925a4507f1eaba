variable "name" {
  type = string
}

variable "setting" {
  type = string
}

resource "aws_rds_cluster_parameter_group" "this" {
  name   = var.name
  family = "aurora-mysql8.0"

  parameter {
    name  = "require_secure_transport"
    value = var.setting
  }
}
