resource "aws_elasticache_replication_group" "sessions" {
  transit_encryption_enabled = false
}
