resource "aws_elasticsearch_domain" "logs" {
  advanced_security_options {
    internal_user_database_enabled = true
    enabled                        = false
  }
}
