resource "aws_db_instance" "orders" {
  instance_class      = "db.t4g.medium"
  deletion_protection = false

  lifecycle {
    ignore_changes = [password, deletion_protection]
  }
}
