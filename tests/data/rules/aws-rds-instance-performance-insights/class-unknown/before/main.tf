resource "aws_db_instance" "orders" {
  identifier                  = "orders"
  engine                      = "mysql"
  instance_class              = var.size
  allocated_storage           = 50
  username                    = "app"
  manage_master_user_password = true
}

variable "size" {
  type = string
}
