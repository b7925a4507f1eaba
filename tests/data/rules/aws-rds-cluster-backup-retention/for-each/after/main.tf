locals {
  all = {
    first  = { days = 35 }
    second = { days = 7 }
  }
}

resource "aws_rds_cluster" "orders" {
  for_each = local.all

  cluster_identifier          = each.key
  engine                      = "aurora-postgresql"
  master_username             = "app"
  manage_master_user_password = true
  backup_retention_period     = each.value.days
}
