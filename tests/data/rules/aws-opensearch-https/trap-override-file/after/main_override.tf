resource "aws_opensearch_domain" "logs" {
  domain_endpoint_options {
    tls_security_policy = "Policy-Min-TLS-1-2-2019-07"
    enforce_https       = true
  }
}
