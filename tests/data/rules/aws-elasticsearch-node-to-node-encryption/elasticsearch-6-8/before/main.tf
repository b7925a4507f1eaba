resource "aws_elasticsearch_domain" "logs" {
  domain_name           = "logs"
  elasticsearch_version = "6.8"

  cluster_config {
    instance_type  = "r6g.large.elasticsearch"
    instance_count = 2
  }
}
