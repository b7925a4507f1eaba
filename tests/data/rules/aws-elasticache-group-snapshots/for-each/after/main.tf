locals {
  all = {
    first  = { days = 1 }
    second = { days = 7 }
  }
}

resource "aws_elasticache_replication_group" "sessions" {
  for_each = local.all

  replication_group_id     = each.key
  description              = "sessions"
  engine                   = "redis"
  node_type                = "cache.r7g.large"
  num_cache_clusters       = 2
  snapshot_retention_limit = each.value.days
}
