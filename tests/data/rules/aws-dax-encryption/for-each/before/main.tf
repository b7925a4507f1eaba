locals {
  all = {
    first  = { on = true }
    second = { on = false }
  }
}

resource "aws_dax_cluster" "orders" {
  for_each = local.all

  cluster_name       = each.key
  iam_role_arn       = "arn:aws:iam::111122223333:role/dax"
  node_type          = "dax.r5.large"
  replication_factor = 3

  server_side_encryption {
    enabled = each.value.on
  }
}
