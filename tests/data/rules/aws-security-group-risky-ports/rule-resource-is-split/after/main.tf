resource "aws_security_group_rule" "app" {
  type              = "ingress"
  security_group_id = "sg-0123456789abcdef0"
  description       = "ops"
  from_port         = 3306
  to_port           = 3306
  protocol          = "tcp"
  cidr_blocks       = ["192.0.2.0/24"]
}

resource "aws_security_group_rule" "app_3307_3310" {
  type              = "ingress"
  security_group_id = "sg-0123456789abcdef0"
  description       = "ops"
  from_port         = 3307
  to_port           = 3310
  protocol          = "tcp"
  cidr_blocks       = ["0.0.0.0/0"]
}
