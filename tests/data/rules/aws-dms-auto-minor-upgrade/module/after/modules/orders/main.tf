variable "name" {
  type = string
}

variable "upgrade" {
  type = bool
}

resource "aws_dms_replication_instance" "this" {
  replication_instance_id    = var.name
  replication_instance_class = "dms.t3.medium"
  allocated_storage          = 50
  auto_minor_version_upgrade = var.upgrade
}
