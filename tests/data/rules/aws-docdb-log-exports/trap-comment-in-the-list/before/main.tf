resource "aws_docdb_cluster" "orders" {
  cluster_identifier          = "orders"
  engine                      = "docdb"
  master_username             = "app"
  manage_master_user_password = true
  enabled_cloudwatch_logs_exports = [
    "audit", # who came in
  ]
}
