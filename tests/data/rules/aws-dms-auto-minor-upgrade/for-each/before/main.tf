locals {
  all = {
    first  = { upgrade = true }
    second = { upgrade = false }
  }
}

resource "aws_dms_replication_instance" "orders" {
  for_each = local.all

  replication_instance_id    = each.key
  replication_instance_class = "dms.t3.medium"
  allocated_storage          = 50
  auto_minor_version_upgrade = each.value.upgrade
}
