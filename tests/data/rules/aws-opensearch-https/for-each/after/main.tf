locals {
  all = {
    first  = { https = true }
    second = { https = true }
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
    tls_security_policy = "Policy-Min-TLS-1-2-2019-07"
    enforce_https       = each.value.https
  }
}
