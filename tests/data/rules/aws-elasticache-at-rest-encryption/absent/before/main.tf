resource "aws_elasticache_replication_group" "main" {
  size = 10
}
