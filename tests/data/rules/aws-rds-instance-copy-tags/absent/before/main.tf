resource "aws_db_instance" "main" {
  name = "main"
}
