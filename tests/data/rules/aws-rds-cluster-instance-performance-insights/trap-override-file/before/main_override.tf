resource "aws_rds_cluster_instance" "orders" {
  performance_insights_enabled = false
}
