resource "aws_rds_cluster" "main" {
  cluster_identifier  = "main"
  deletion_protection = true
}
