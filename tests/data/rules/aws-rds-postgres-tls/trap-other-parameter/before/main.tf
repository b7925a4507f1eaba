resource "aws_db_parameter_group" "main" {
  name   = "main"
  family = "postgres14"

  parameter {
    name  = "log_statement_x"
    value = "0"
  }
}
