locals {
  all = {
    first  = { days = 14 }
    second = { days = 1 }
  }
}

resource "aws_db_instance" "orders" {
  for_each = local.all

  identifier                  = each.key
  engine                      = "postgres"
  instance_class              = "db.t4g.medium"
  allocated_storage           = 50
  username                    = "app"
  manage_master_user_password = true
  backup_retention_period     = each.value.days
}
