resource "aws_db_instance" "orders" {
  monitoring_interval = 0
}
