locals {
  all = {
    first  = { encrypt = true }
    second = { encrypt = false }
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

  encrypt_at_rest {
    enabled = each.value.encrypt
  }
}
