resource "aws_db_instance" "orders" {
  identifier                      = "orders"
  engine                          = "oracle-ee"
  instance_class                  = "db.t4g.medium"
  allocated_storage               = 50
  username                        = "app"
  manage_master_user_password     = true
  enabled_cloudwatch_logs_exports = ["alert", "audit", "listener", "trace"]
}
