resource "aws_db_instance" "orders" {
  identifier                  = "orders"
  engine                      = "postgres"
  instance_class              = "db.t4g.medium"
  allocated_storage           = 50
  username                    = "app"
  manage_master_user_password = true
  monitoring_role_arn         = "arn:aws:iam::111122223333:role/rds-monitoring"
  monitoring_interval         = 60
}
