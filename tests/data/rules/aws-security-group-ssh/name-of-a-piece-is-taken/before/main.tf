resource "aws_security_group_rule" "app" {
  type              = "ingress"
  security_group_id = "sg-0123456789abcdef0"
  description       = "ops"
  from_port         = 21
  to_port           = 22
  protocol          = "tcp"
  cidr_blocks       = ["0.0.0.0/0"]
}

resource "aws_security_group_rule" "app_22" {
  type              = "ingress"
  security_group_id = "sg-0123456789abcdef0"
  description       = "ops"
  from_port         = 5000
  to_port           = 5000
  protocol          = "tcp"
  cidr_blocks       = ["10.0.0.0/8"]
}
