resource "aws_rds_cluster" "main" {
  deletion_protection = true
}
