resource "aws_db_instance" "orders" {
  identifier          = "orders"
  deletion_protection = var.protect
}
