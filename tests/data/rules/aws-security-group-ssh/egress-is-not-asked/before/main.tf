resource "aws_security_group_rule" "app" {
  type              = "egress"
  security_group_id = "sg-0123456789abcdef0"
  description       = "ops"
  from_port         = 22
  to_port           = 22
  protocol          = "tcp"
  cidr_blocks       = ["0.0.0.0/0"]
}
