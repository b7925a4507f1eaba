resource "aws_db_parameter_group" "main" {
  parameter {
    name  = "rds.force_ssl"
    value = "0"
  }
}
