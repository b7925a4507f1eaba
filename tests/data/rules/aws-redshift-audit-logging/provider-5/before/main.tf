terraform {
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}

resource "aws_redshift_cluster" "facts" {
  cluster_identifier     = "facts"
  node_type              = "ra3.large"
  cluster_type           = "single-node"
  master_username        = "app"
  manage_master_password = true
}
