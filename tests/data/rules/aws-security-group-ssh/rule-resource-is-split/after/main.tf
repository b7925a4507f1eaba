resource "aws_security_group_rule" "app" {
  type              = "ingress"
  security_group_id = "sg-0123456789abcdef0"
  description       = "ops"
  from_port         = 20
  to_port           = 21
  protocol          = "tcp"
  cidr_blocks       = ["0.0.0.0/0"]
}

resource "aws_security_group_rule" "app_22" {
  type              = "ingress"
  security_group_id = "sg-0123456789abcdef0"
  description       = "ops"
  from_port         = 22
  to_port           = 22
  protocol          = "tcp"
  cidr_blocks       = ["192.0.2.0/24"]
}

resource "aws_security_group_rule" "app_23_25" {
  type              = "ingress"
  security_group_id = "sg-0123456789abcdef0"
  description       = "ops"
  from_port         = 23
  to_port           = 25
  protocol          = "tcp"
  cidr_blocks       = ["0.0.0.0/0"]
}
