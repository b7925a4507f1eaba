variable "name" {
  type = string
}

variable "upgrade" {
  type = bool
}

resource "aws_redshift_cluster" "this" {
  cluster_identifier     = var.name
  node_type              = "ra3.large"
  cluster_type           = "single-node"
  master_username        = "app"
  manage_master_password = true
  allow_version_upgrade  = var.upgrade
}
