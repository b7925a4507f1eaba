resource "aws_opensearch_domain" "logs" {
  encrypt_at_rest {
    enabled = false
  }
}
