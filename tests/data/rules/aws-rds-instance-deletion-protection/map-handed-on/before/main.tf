locals {
  database = {
    name    = "orders"
    protect = false
  }
}

resource "aws_db_instance" "orders" {
  identifier          = local.database.name
  instance_class      = "db.t4g.medium"
  deletion_protection = local.database.protect
}

output "database" {
  value = local.database
}
