locals {
  all = {
    first  = { upgrade = true }
    second = { upgrade = false }
  }
}

resource "aws_elasticache_replication_group" "sessions" {
  for_each = local.all

  replication_group_id       = each.key
  description                = "sessions"
  engine                     = "redis"
  node_type                  = "cache.r7g.large"
  num_cache_clusters         = 2
  auto_minor_version_upgrade = each.value.upgrade
}
