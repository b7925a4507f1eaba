resource "aws_rds_cluster_parameter_group" "main" {
  name   = "main"
  family = "aurora-mysql8.0"

  parameter {
    name  = "require_secure_transport"
    value = "ON"
  }
}
