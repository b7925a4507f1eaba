variable "name" {
  type = string
}

variable "routing" {
  type = bool
}

resource "aws_redshift_cluster" "this" {
  cluster_identifier     = var.name
  node_type              = "ra3.large"
  cluster_type           = "single-node"
  master_username        = "app"
  manage_master_password = true
  enhanced_vpc_routing   = var.routing
}
