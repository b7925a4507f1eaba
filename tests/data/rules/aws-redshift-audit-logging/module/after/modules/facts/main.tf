variable "name" {
  type = string
}

resource "aws_redshift_cluster" "this" {
  cluster_identifier     = var.name
  node_type              = "ra3.large"
  cluster_type           = "single-node"
  master_username        = "app"
  manage_master_password = true
}

resource "aws_redshift_logging" "this" {
  cluster_identifier = aws_redshift_cluster.this.id

  bucket_name = "acme-audit-logs"
}
