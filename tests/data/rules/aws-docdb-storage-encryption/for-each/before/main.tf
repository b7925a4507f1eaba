locals {
  all = {
    first  = { encrypt = true }
    second = { encrypt = false }
  }
}

resource "aws_docdb_cluster" "orders" {
  for_each = local.all

  cluster_identifier          = each.key
  engine                      = "docdb"
  master_username             = "app"
  manage_master_user_password = true
  storage_encrypted           = each.value.encrypt
}
