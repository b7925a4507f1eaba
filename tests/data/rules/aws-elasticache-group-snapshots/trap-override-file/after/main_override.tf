resource "aws_elasticache_replication_group" "sessions" {
  snapshot_retention_limit = 7
}
