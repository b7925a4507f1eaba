resource "aws_opensearch_domain" "logs" {
  domain_name    = "logs"
  engine_version = "OpenSearch_2.11"

  cluster_config {
    instance_type  = "r6g.large.search"
    instance_count = 2
  }

  dynamic "domain_endpoint_options" {
    for_each = var.blocks
    content {
      enforce_https       = true
      tls_security_policy = "Policy-Min-TLS-1-2-PFS-2023-10"
    }
  }
}

variable "blocks" {
  type    = list(string)
  default = ["one"]
}
