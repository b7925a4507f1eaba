locals {
  all = {
    first  = { setting = "1" }
    second = { setting = "1" }
  }
}

resource "aws_db_parameter_group" "main" {
  for_each = local.all

  name   = each.key
  family = "mariadb10.11"

  parameter {
    name  = "require_secure_transport"
    value = each.value.setting
  }
}
