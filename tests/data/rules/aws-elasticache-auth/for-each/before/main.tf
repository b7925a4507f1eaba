locals {
  all = {
    first  = { groups = ["clients"] }
    second = { groups = null }
  }
}

resource "aws_elasticache_replication_group" "sessions" {
  for_each = local.all

  replication_group_id       = each.key
  description                = "sessions"
  engine                     = "redis"
  node_type                  = "cache.r7g.large"
  num_cache_clusters         = 2
  engine_version             = "7.1"
  transit_encryption_enabled = true
  user_group_ids             = each.value.groups
}
