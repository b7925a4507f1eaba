locals {
  all = {
    first  = { days = 35 }
    second = { days = 7 }
  }
}

resource "aws_redshift_cluster" "facts" {
  for_each = local.all

  cluster_identifier                  = each.key
  node_type                           = "ra3.large"
  cluster_type                        = "single-node"
  master_username                     = "app"
  manage_master_password              = true
  automated_snapshot_retention_period = each.value.days
}
