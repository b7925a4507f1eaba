resource "aws_network_acl" "app" {
  vpc_id = "vpc-0123456789abcdef0"
}

resource "aws_network_acl_rule" "in" {
  for_each = { ssh = 22, https = 443 }

  network_acl_id = aws_network_acl.app.id
  rule_number    = each.value
  protocol       = "tcp"
  rule_action    = "allow"
  cidr_block     = "0.0.0.0/0"
  from_port      = each.value
  to_port        = each.value
}
