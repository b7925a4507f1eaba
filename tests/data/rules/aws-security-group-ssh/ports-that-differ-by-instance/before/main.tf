resource "aws_security_group" "app" {
  name = "app"
}

resource "aws_security_group_rule" "in" {
  for_each = { ssh = 22, https = 443 }

  type              = "ingress"
  from_port         = each.value
  to_port           = each.value
  protocol          = "tcp"
  cidr_blocks       = ["0.0.0.0/0"]
  security_group_id = aws_security_group.app.id
}
