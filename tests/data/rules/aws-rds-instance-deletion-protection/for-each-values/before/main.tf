locals {
  databases = {
    orders = { size = 20, protect = true }
    carts  = { size = 10, protect = false }
  }
}

resource "aws_db_instance" "orders" {
  for_each            = local.databases
  identifier          = each.key
  instance_class      = "db.t4g.medium"
  allocated_storage   = each.value.size
  deletion_protection = each.value.protect
}
