locals {
  all = {
    first  = { setting = "all" }
    second = { setting = "disabled" }
  }
}

resource "aws_docdb_cluster_parameter_group" "main" {
  for_each = local.all

  name   = each.key
  family = "docdb5.0"

  parameter {
    name  = "audit_logs"
    value = each.value.setting
  }
}
