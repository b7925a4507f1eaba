resource "aws_db_instance" "orders" {
  ca_cert_identifier = "rds-ca-rsa2048-g1"
}
