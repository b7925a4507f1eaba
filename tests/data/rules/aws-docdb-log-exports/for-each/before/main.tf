locals {
  all = {
    first  = { logs = ["audit", "profiler"] }
    second = { logs = [] }
  }
}

resource "aws_docdb_cluster" "orders" {
  for_each = local.all

  cluster_identifier              = each.key
  engine                          = "docdb"
  master_username                 = "app"
  manage_master_user_password     = true
  enabled_cloudwatch_logs_exports = each.value.logs
}
