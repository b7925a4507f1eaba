locals {
  region  = "eu-central-1"
  protect = true
}

resource "aws_db_instance" "orders" {
  deletion_protection = local.protect
}
