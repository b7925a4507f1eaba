variable "name" {
  type = string
}

variable "days" {
  type = number
}

resource "aws_redshift_cluster" "this" {
  cluster_identifier                  = var.name
  node_type                           = "ra3.large"
  cluster_type                        = "single-node"
  master_username                     = "app"
  manage_master_password              = true
  automated_snapshot_retention_period = var.days
}
