resource "aws_opensearch_domain" "logs" {
  domain_name    = "logs"
  engine_version = "OpenSearch_2.11"

  cluster_config {
    instance_type  = "r6g.large.search"
    instance_count = 2
  }

  dynamic "vpc_options" {
    for_each = var.blocks
    content {
      subnet_ids = ["subnet-0a1b2c3d"]
    }
  }
}

variable "blocks" {
  type    = list(string)
  default = ["one"]
}
