resource "aws_security_group_rule" "app" {
  type              = "ingress"
  security_group_id = "sg-0123456789abcdef0"
  description       = "ops"
  from_port         = 5432
  to_port           = 5432
  protocol          = "tcp"
  cidr_blocks       = ["0.0.0.0/0"]
}
