resource "aws_rds_cluster_parameter_group" "main" {
  name   = "main"
  family = "aurora-postgresql15"

  parameter {
    name  = "log_statement_x"
    value = "0"
  }
}
