resource "aws_db_parameter_group" "main" {
  name   = "main"
  family = "sqlserver-se-15.0"
}
