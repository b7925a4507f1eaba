resource "aws_elasticache_cluster" "sessions" {
  snapshot_retention_limit = 0
}
