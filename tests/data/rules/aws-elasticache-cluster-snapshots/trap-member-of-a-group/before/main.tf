resource "aws_elasticache_cluster" "sessions" {
  cluster_id               = "sessions"
  engine                   = "redis"
  replication_group_id     = aws_elasticache_replication_group.main.id
  snapshot_retention_limit = 0
}

resource "aws_elasticache_replication_group" "main" {
  replication_group_id = "main"
  description          = "sessions"
  engine               = "redis"
  node_type            = "cache.r7g.large"
  num_cache_clusters   = 2
}
