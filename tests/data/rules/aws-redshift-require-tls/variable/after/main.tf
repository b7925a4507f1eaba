resource "aws_redshift_parameter_group" "facts" {
  name   = "facts"
  family = "redshift-1.0"

  parameter {
    name  = "require_ssl"
    value = var.tls
  }
}

variable "tls" {
  type    = string
  default = "true"
}
