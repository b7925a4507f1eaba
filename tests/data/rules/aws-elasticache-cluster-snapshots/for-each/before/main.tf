locals {
  all = {
    first  = { days = 1 }
    second = { days = 0 }
  }
}

resource "aws_elasticache_cluster" "sessions" {
  for_each = local.all

  cluster_id               = each.key
  engine                   = "redis"
  node_type                = "cache.t4g.small"
  num_cache_nodes          = 1
  snapshot_retention_limit = each.value.days
}
