resource "aws_db_instance" "orders" {
  publicly_accessible = false
}
