variable "name" {
  type = string
}

variable "encrypt" {
  type = bool
}

resource "aws_elasticache_replication_group" "this" {
  replication_group_id       = var.name
  description                = "sessions"
  engine                     = "redis"
  node_type                  = "cache.r7g.large"
  num_cache_clusters         = 2
  at_rest_encryption_enabled = var.encrypt
}
