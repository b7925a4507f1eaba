resource "aws_docdb_cluster" "orders" {
  backup_retention_period = 7
}
