locals {
  all = {
    first  = { public = false }
    second = { public = true }
  }
}

resource "aws_dms_replication_instance" "orders" {
  for_each = local.all

  replication_instance_id    = each.key
  replication_instance_class = "dms.t3.medium"
  allocated_storage          = 50
  publicly_accessible        = each.value.public
}
