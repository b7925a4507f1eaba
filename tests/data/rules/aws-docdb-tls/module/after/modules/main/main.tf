variable "name" {
  type = string
}

variable "setting" {
  type = string
}

resource "aws_docdb_cluster_parameter_group" "this" {
  name   = var.name
  family = "docdb5.0"

  parameter {
    name  = "tls"
    value = var.setting
  }
}
