resource "aws_db_instance" "orders" {
  identifier          = "orders"
  engine              = "postgres"
  deletion_protection = true
}
