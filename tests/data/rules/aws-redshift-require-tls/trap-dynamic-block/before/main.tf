resource "aws_redshift_parameter_group" "facts" {
  name   = "facts"
  family = "redshift-1.0"

  dynamic "parameter" {
    for_each = var.blocks
    content {
      name  = "require_ssl"
      value = "true"
    }
  }
}

variable "blocks" {
  type    = list(string)
  default = ["one"]
}
