locals {
  all = {
    first  = { encryption = "TLS" }
    second = { encryption = "NONE" }
  }
}

resource "aws_dax_cluster" "orders" {
  for_each = local.all

  cluster_name                     = each.key
  iam_role_arn                     = "arn:aws:iam::111122223333:role/dax"
  node_type                        = "dax.r5.large"
  replication_factor               = 3
  cluster_endpoint_encryption_type = each.value.encryption
}
