locals {
  all = {
    first  = { days = 30 }
    second = { days = 7 }
  }
}

resource "aws_docdb_cluster" "orders" {
  for_each = local.all

  cluster_identifier          = each.key
  engine                      = "docdb"
  master_username             = "app"
  manage_master_user_password = true
  backup_retention_period     = each.value.days
}
