resource "aws_rds_cluster" "orders" {
  cluster_identifier              = "orders"
  engine                          = "aurora-postgresql"
  master_username                 = "app"
  manage_master_user_password     = true
  enabled_cloudwatch_logs_exports = []

  lifecycle {
    ignore_changes = [enabled_cloudwatch_logs_exports]
  }
}
