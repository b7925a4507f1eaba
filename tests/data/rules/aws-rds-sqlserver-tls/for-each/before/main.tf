locals {
  all = {
    first  = { setting = "1" }
    second = { setting = "0" }
  }
}

resource "aws_db_parameter_group" "main" {
  for_each = local.all

  name   = each.key
  family = "sqlserver-se-15.0"

  parameter {
    name         = "rds.force_ssl"
    apply_method = "pending-reboot"
    value        = each.value.setting
  }
}
