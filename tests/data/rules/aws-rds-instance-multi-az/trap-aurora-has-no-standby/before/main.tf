resource "aws_db_instance" "orders" {
  identifier                  = "orders"
  engine                      = "aurora-mysql"
  instance_class              = "db.t4g.medium"
  username                    = "app"
  manage_master_user_password = true
}
