locals {
  all = {
    first  = { upgrade = true }
    second = { upgrade = false }
  }
}

resource "aws_elasticache_cluster" "sessions" {
  for_each = local.all

  cluster_id                 = each.key
  engine                     = "redis"
  node_type                  = "cache.t4g.small"
  num_cache_nodes            = 1
  auto_minor_version_upgrade = each.value.upgrade
}
