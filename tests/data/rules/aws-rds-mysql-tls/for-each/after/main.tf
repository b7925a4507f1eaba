locals {
  all = {
    first  = { setting = "ON" }
    second = { setting = "1" }
  }
}

resource "aws_db_parameter_group" "main" {
  for_each = local.all

  name   = each.key
  family = "mysql8.0"

  parameter {
    name  = "require_secure_transport"
    value = each.value.setting
  }
}
