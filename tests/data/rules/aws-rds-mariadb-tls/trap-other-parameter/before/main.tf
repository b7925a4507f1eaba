resource "aws_db_parameter_group" "main" {
  name   = "main"
  family = "mariadb10.11"

  parameter {
    name  = "log_statement_x"
    value = "0"
  }
}
