locals {
  all = {
    first  = { standby = true }
    second = { standby = false }
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
  multi_az                    = each.value.standby
}
