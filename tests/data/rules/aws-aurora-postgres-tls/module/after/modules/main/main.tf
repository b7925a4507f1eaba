variable "name" {
  type = string
}

variable "setting" {
  type = string
}

resource "aws_rds_cluster_parameter_group" "this" {
  name   = var.name
  family = "aurora-postgresql15"

  parameter {
    name  = "rds.force_ssl"
    value = var.setting
  }
}
