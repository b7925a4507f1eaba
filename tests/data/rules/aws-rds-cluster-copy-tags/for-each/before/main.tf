locals {
  all = {
    first  = { copy = true }
    second = { copy = false }
  }
}

resource "aws_rds_cluster" "orders" {
  for_each = local.all

  cluster_identifier          = each.key
  engine                      = "aurora-postgresql"
  master_username             = "app"
  manage_master_user_password = true
  copy_tags_to_snapshot       = each.value.copy
}
