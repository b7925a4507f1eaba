variable "name" {
  type = string
}

variable "days" {
  type = number
}

resource "aws_elasticache_cluster" "this" {
  cluster_id               = var.name
  engine                   = "redis"
  node_type                = "cache.t4g.small"
  num_cache_nodes          = 1
  snapshot_retention_limit = var.days
}
