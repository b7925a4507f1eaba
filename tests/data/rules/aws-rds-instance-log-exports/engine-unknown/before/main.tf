resource "aws_db_instance" "orders" {
  identifier                  = "orders"
  engine                      = var.engine
  instance_class              = "db.t4g.medium"
  allocated_storage           = 50
  username                    = "app"
  manage_master_user_password = true
}

variable "engine" {
  type = string
}
