locals {
  all = {
    first  = { protect = true }
    second = { protect = true }
  }
}

resource "aws_docdb_cluster" "orders" {
  for_each = local.all

  cluster_identifier          = each.key
  engine                      = "docdb"
  master_username             = "app"
  manage_master_user_password = true
  deletion_protection         = each.value.protect
}
