locals {
  all = {
    first  = { logs = ["postgresql"] }
    second = { logs = [] }
  }
}

resource "aws_rds_cluster" "orders" {
  for_each = local.all

  cluster_identifier              = each.key
  engine                          = "aurora-postgresql"
  master_username                 = "app"
  manage_master_user_password     = true
  enabled_cloudwatch_logs_exports = each.value.logs
}
