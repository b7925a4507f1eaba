locals {
  all = {
    first  = { setting = "fips-140-3" }
    second = { setting = "enabled" }
  }
}

resource "aws_docdb_cluster_parameter_group" "main" {
  for_each = local.all

  name   = each.key
  family = "docdb5.0"

  parameter {
    name  = "tls"
    value = each.value.setting
  }
}
