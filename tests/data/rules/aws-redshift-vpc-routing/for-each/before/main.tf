locals {
  all = {
    first  = { routing = true }
    second = { routing = false }
  }
}

resource "aws_redshift_cluster" "facts" {
  for_each = local.all

  cluster_identifier     = each.key
  node_type              = "ra3.large"
  cluster_type           = "single-node"
  master_username        = "app"
  manage_master_password = true
  enhanced_vpc_routing   = each.value.routing
}
