locals {
  region  = "eu-central-1"
  protect = false
}

resource "aws_db_instance" "orders" {
  instance_class      = "db.t4g.medium"
  deletion_protection = local.protect
}
