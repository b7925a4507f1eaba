locals {
  all = {
    first  = { setting = "1" }
    second = { setting = "1" }
  }
}

resource "aws_db_parameter_group" "main" {
  for_each = local.all

  name   = each.key
  family = "postgres14"

  parameter {
    name  = "rds.force_ssl"
    value = each.value.setting
  }
}
