locals {
  all = {
    first  = { policy = "Policy-Min-TLS-1-2-PFS-2023-10" }
    second = { policy = "Policy-Min-TLS-1-0-2019-07" }
  }
}

resource "aws_opensearch_domain" "logs" {
  for_each = local.all

  domain_name    = each.key
  engine_version = "OpenSearch_2.11"

  cluster_config {
    instance_type  = "r6g.large.search"
    instance_count = 2
  }

  domain_endpoint_options {
    enforce_https       = true
    tls_security_policy = each.value.policy
  }
}
