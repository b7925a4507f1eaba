locals {
  all = {
    first  = { insights = true }
    second = { insights = false }
  }
}

resource "aws_rds_cluster_instance" "orders" {
  for_each = local.all

  identifier                   = each.key
  cluster_identifier           = "orders"
  engine                       = "aurora-postgresql"
  instance_class               = "db.r6g.large"
  performance_insights_enabled = each.value.insights
}
