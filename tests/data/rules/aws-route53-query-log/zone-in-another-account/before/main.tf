resource "aws_route53_zone" "main" {
  provider = aws
  name     = "example.com"
}
