variable "name" {
  type = string
}

variable "tls" {
  type    = string
  default = "false"
}

resource "aws_redshift_parameter_group" "this" {
  name   = var.name
  family = "redshift-1.0"

  parameter {
    name  = "require_ssl"
    value = var.tls
  }
}
