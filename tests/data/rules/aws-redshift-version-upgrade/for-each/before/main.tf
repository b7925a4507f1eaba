locals {
  all = {
    first  = { upgrade = true }
    second = { upgrade = false }
  }
}

resource "aws_redshift_cluster" "facts" {
  for_each = local.all

  cluster_identifier     = each.key
  node_type              = "ra3.large"
  cluster_type           = "single-node"
  master_username        = "app"
  manage_master_password = true
  allow_version_upgrade  = each.value.upgrade
}
