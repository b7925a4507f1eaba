locals {
  all = {
    first  = { encrypt = true }
    second = { encrypt = false }
  }
}

resource "aws_elasticsearch_domain" "logs" {
  for_each = local.all

  domain_name           = each.key
  elasticsearch_version = "7.10"

  cluster_config {
    instance_type  = "r6g.large.elasticsearch"
    instance_count = 2
  }

  encrypt_at_rest {
    enabled = each.value.encrypt
  }
}
