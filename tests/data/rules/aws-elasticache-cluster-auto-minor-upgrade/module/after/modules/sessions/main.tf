variable "name" {
  type = string
}

variable "upgrade" {
  type = bool
}

resource "aws_elasticache_cluster" "this" {
  cluster_id                 = var.name
  engine                     = "redis"
  node_type                  = "cache.t4g.small"
  num_cache_nodes            = 1
  auto_minor_version_upgrade = var.upgrade
}
