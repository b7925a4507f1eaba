locals {
  all = {
    first  = { kms = "arn:aws:kms:eu-central-1:111122223333:key/mrk-2" }
    second = { kms = "arn:aws:kms:eu-central-1:111122223333:key/mrk-2" }
  }
}

resource "aws_redshift_cluster" "facts" {
  for_each = local.all

  cluster_identifier     = each.key
  node_type              = "ra3.large"
  cluster_type           = "single-node"
  master_username        = "app"
  manage_master_password = true
  encrypted              = true
  kms_key_id             = each.value.kms
}
