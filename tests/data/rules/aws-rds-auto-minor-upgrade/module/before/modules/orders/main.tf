variable "name" {
  type = string
}

variable "upgrade" {
  type = bool
}

resource "aws_db_instance" "this" {
  identifier                  = var.name
  engine                      = "postgres"
  instance_class              = "db.t4g.medium"
  allocated_storage           = 50
  username                    = "app"
  manage_master_user_password = true
  auto_minor_version_upgrade  = var.upgrade
}
