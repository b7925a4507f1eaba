resource "aws_db_parameter_group" "main" {
  name   = "main"
  family = "postgres14"
}
