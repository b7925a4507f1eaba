locals {
  all = {
    first  = { tls = "true" }
    second = { tls = "false" }
  }
}

resource "aws_redshift_parameter_group" "facts" {
  for_each = local.all

  name   = each.key
  family = "redshift-1.0"

  parameter {
    name  = "require_ssl"
    value = each.value.tls
  }
}
