resource "aws_elasticache_replication_group" "sessions" {
  replication_group_id       = "sessions"
  description                = "sessions"
  engine                     = "redis"
  node_type                  = "cache.r7g.large"
  num_cache_clusters         = 2
  engine_version             = "7.1"
  transit_encryption_enabled = true
  user_group_ids             = [aws_elasticache_user_group.clients.user_group_id]
}

resource "aws_elasticache_user_group" "clients" {
  engine        = "redis"
  user_group_id = "clients"
  user_ids      = ["default"]
}
