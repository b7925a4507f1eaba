locals {
  all = {
    first  = { setting = "1" }
    second = { setting = "1" }
  }
}

resource "aws_rds_cluster_parameter_group" "main" {
  for_each = local.all

  name   = each.key
  family = "aurora-postgresql15"

  parameter {
    name  = "rds.force_ssl"
    value = each.value.setting
  }
}
