locals {
  database = {
    name    = "orders"
    protect = false
  }
}

resource "aws_db_instance" "orders" {
  identifier          = local.database.name
  deletion_protection = local.database.protect
}
