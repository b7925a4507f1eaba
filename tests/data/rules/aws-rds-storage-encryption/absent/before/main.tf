resource "aws_db_instance" "main" {
  size = 10
}
