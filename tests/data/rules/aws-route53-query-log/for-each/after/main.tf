resource "aws_route53_zone" "main" {
  for_each = toset(["example.com", "example.org"])

  name = each.key
}

resource "aws_route53_query_log" "main" {
  for_each = aws_route53_zone.main

  zone_id = each.value.zone_id

  cloudwatch_log_group_arn = "arn:aws:logs:us-east-1:111122223333:log-group:/aws/route53/queries"
}
