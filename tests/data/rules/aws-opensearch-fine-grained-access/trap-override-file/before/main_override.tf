resource "aws_opensearch_domain" "logs" {
  advanced_security_options {
    enabled                        = false
    internal_user_database_enabled = false

    master_user_options {
      master_user_arn = "arn:aws:iam::111122223333:role/search-admin"
    }
  }
}
