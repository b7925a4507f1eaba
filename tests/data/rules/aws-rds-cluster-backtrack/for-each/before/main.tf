locals {
  all = {
    first  = { window = 86400 }
    second = { window = 0 }
  }
}

resource "aws_rds_cluster" "orders" {
  for_each = local.all

  cluster_identifier          = each.key
  engine                      = "aurora-mysql"
  master_username             = "app"
  manage_master_user_password = true
  backtrack_window            = each.value.window
}
