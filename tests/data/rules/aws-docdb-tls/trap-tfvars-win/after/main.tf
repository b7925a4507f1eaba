resource "aws_docdb_cluster_parameter_group" "main" {
  name   = "main"
  family = "docdb5.0"

  parameter {
    name  = "tls"
    value = var.setting
  }
}

variable "setting" {
  type    = string
  default = "fips-140-3"
}
