resource "aws_rds_cluster_parameter_group" "spare" {
  name   = "spare"
  family = "aurora-mysql8.0"

  parameter {
    name  = "require_secure_transport"
    value = "OFF"
  }
}

resource "aws_rds_cluster_parameter_group" "main" {
  name   = "main"
  family = "aurora-mysql8.0"

  parameter {
    name  = "require_secure_transport"
    value = "ON"
  }
}
