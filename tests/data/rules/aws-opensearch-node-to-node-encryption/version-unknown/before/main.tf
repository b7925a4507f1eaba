resource "aws_opensearch_domain" "logs" {
  domain_name    = "logs"
  engine_version = var.release

  cluster_config {
    instance_type  = "r6g.large.search"
    instance_count = 2
  }
}

variable "release" {
  type = string
}
