resource "aws_rds_cluster_parameter_group" "main" {
  name   = "main"
  family = "aurora-postgresql15"

  parameter {
    name  = "rds.force_ssl"
    value = "1"
  }
}
