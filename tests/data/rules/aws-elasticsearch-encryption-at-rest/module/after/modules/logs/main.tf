variable "name" {
  type = string
}

variable "encrypt" {
  type = bool
}

resource "aws_elasticsearch_domain" "this" {
  domain_name           = var.name
  elasticsearch_version = "7.10"

  cluster_config {
    instance_type  = "r6g.large.elasticsearch"
    instance_count = 2
  }

  encrypt_at_rest {
    enabled = var.encrypt
  }
}
