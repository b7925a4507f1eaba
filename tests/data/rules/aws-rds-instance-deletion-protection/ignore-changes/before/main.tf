resource "aws_db_instance" "orders" {
  deletion_protection = false

  lifecycle {
    ignore_changes = [password, deletion_protection]
  }
}
