resource "aws_rds_cluster" "main" {
  cluster_identifier      = "main"
  backup_retention_period = 7
}
