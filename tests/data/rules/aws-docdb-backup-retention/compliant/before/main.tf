resource "aws_docdb_cluster" "orders" {
  cluster_identifier          = "orders"
  engine                      = "docdb"
  master_username             = "app"
  manage_master_user_password = true
  backup_retention_period     = 30
}
