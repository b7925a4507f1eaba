resource "aws_security_group_rule" "app" {
  type              = "egress"
  security_group_id = "sg-0123456789abcdef0"
  description       = "ops"
  from_port         = 0
  to_port           = 0
  protocol          = "-1"
  cidr_blocks       = ["192.0.2.0/24"]
}
