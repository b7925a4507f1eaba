locals {
  all = {
    first  = { subnets = ["subnet-0a1b2c3d"] }
    second = { subnets = null }
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

  vpc_options {
    subnet_ids = each.value.subnets
  }
}
