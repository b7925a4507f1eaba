locals {
  all = {
    first  = { iam = true }
    second = { iam = false }
  }
}

resource "aws_rds_cluster" "orders" {
  for_each = local.all

  cluster_identifier                  = each.key
  engine                              = "aurora-postgresql"
  master_username                     = "app"
  manage_master_user_password         = true
  iam_database_authentication_enabled = each.value.iam
}
