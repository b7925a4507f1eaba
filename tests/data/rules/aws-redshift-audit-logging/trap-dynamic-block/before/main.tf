resource "aws_redshift_cluster" "facts" {
  cluster_identifier     = "facts"
  node_type              = "ra3.large"
  cluster_type           = "single-node"
  master_username        = "app"
  manage_master_password = true

  dynamic "logging" {
    for_each = var.buckets
    content {
      enable      = true
      bucket_name = logging.value
    }
  }
}

variable "buckets" {
  type    = list(string)
  default = []
}
