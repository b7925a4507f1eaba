resource "aws_neptune_cluster" "graph" {
  backup_retention_period = 7
}
