resource "aws_db_parameter_group" "main" {
  name   = "main"
  family = "mysql8.0"
}
