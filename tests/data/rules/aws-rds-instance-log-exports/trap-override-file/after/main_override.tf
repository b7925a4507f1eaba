resource "aws_db_instance" "orders" {
  enabled_cloudwatch_logs_exports = ["postgresql", "upgrade"]
}
