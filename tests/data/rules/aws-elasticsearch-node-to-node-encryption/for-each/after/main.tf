locals {
  all = {
    first  = { encrypt = true }
    second = { encrypt = true }
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

  node_to_node_encryption {
    enabled = each.value.encrypt
  }
}
