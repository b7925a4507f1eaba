locals {
  all = {
    first  = { zones = true }
    second = { zones = true }
  }
}

resource "aws_elasticache_replication_group" "sessions" {
  for_each = local.all

  replication_group_id       = each.key
  description                = "sessions"
  engine                     = "redis"
  node_type                  = "cache.r7g.large"
  num_cache_clusters         = 2
  automatic_failover_enabled = true
  multi_az_enabled           = each.value.zones
}
