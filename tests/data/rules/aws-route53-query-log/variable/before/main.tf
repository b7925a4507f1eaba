variable "query_log_group_arn" {
  type    = string
  default = "arn:aws:logs:us-east-1:111122223333:log-group:/aws/route53/queries"
}

resource "aws_route53_zone" "main" {
  name = "example.com"
}
