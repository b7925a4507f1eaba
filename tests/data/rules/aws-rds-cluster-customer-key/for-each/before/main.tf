locals {
  all = {
    first  = { key = "arn:aws:kms:eu-central-1:111122223333:key/mrk-1" }
    second = { key = null }
  }
}

resource "aws_rds_cluster" "orders" {
  for_each = local.all

  cluster_identifier          = each.key
  engine                      = "aurora-postgresql"
  master_username             = "app"
  manage_master_user_password = true
  storage_encrypted           = true
  kms_key_id                  = each.value.key
}
