resource "aws_dms_replication_instance" "orders" {
  publicly_accessible = true
}
