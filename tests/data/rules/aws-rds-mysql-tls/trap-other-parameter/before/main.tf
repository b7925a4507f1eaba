resource "aws_db_parameter_group" "main" {
  name   = "main"
  family = "mysql8.0"

  parameter {
    name  = "log_statement_x"
    value = "0"
  }
}
