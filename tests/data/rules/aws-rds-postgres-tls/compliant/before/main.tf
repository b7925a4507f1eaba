resource "aws_db_parameter_group" "main" {
  name   = "main"
  family = "postgres14"

  parameter {
    name  = "rds.force_ssl"
    value = "1"
  }
}
