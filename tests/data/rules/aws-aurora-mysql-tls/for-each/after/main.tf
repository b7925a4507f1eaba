locals {
  all = {
    first  = { setting = "1" }
    second = { setting = "ON" }
  }
}

resource "aws_rds_cluster_parameter_group" "main" {
  for_each = local.all

  name   = each.key
  family = "aurora-mysql8.0"

  parameter {
    name  = "require_secure_transport"
    value = each.value.setting
  }
}
