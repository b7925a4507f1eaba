locals {
  databases = {
    orders = { protect = false }
  }
}

resource "aws_db_instance" "orders" {
  for_each            = local.databases
  instance_class      = "db.t4g.medium"
  deletion_protection = each.value.protect
}

resource "aws_s3_bucket" "dumps" {
  for_each      = local.databases
  force_destroy = !each.value.protect
}
