variable "name" {
  type = string
}

variable "kms" {
  type = string
}

resource "aws_redshift_cluster" "this" {
  cluster_identifier     = var.name
  node_type              = "ra3.large"
  cluster_type           = "single-node"
  master_username        = "app"
  manage_master_password = true
  encrypted              = true
  kms_key_id             = var.kms
}
