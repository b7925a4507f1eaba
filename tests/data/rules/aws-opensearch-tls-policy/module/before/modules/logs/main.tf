variable "name" {
  type = string
}

variable "policy" {
  type = string
}

resource "aws_opensearch_domain" "this" {
  domain_name    = var.name
  engine_version = "OpenSearch_2.11"

  cluster_config {
    instance_type  = "r6g.large.search"
    instance_count = 2
  }

  domain_endpoint_options {
    enforce_https       = true
    tls_security_policy = var.policy
  }
}
