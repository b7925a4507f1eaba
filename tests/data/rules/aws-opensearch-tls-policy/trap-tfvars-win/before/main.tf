resource "aws_opensearch_domain" "logs" {
  domain_name    = "logs"
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

variable "policy" {
  type    = string
  default = "Policy-Min-TLS-1-2-PFS-2023-10"
}
