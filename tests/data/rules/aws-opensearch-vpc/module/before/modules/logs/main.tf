variable "name" {
  type = string
}

variable "subnets" {
  type = list(string)
}

resource "aws_opensearch_domain" "this" {
  domain_name    = var.name
  engine_version = "OpenSearch_2.11"

  cluster_config {
    instance_type  = "r6g.large.search"
    instance_count = 2
  }

  vpc_options {
    subnet_ids = var.subnets
  }
}
