resource "aws_opensearch_domain" "logs" {
  domain_name = "logs"

  cluster_config {
    instance_type  = "r6g.large.search"
    instance_count = 2
  }

  node_to_node_encryption {
    enabled = true
  }
}
