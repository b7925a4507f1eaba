resource "aws_elasticache_replication_group" "main" {
  at_rest_encryption_enabled = true
}
