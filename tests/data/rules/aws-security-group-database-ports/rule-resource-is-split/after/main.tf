resource "aws_security_group_rule" "app" {
  type              = "ingress"
  security_group_id = "sg-0123456789abcdef0"
  description       = "ops"
  from_port         = 5430
  to_port           = 5431
  protocol          = "tcp"
  cidr_blocks       = ["0.0.0.0/0"]
}

resource "aws_security_group_rule" "app_5432" {
  type              = "ingress"
  security_group_id = "sg-0123456789abcdef0"
  description       = "ops"
  from_port         = 5432
  to_port           = 5432
  protocol          = "tcp"
  cidr_blocks       = ["192.0.2.0/24"]
}

resource "aws_security_group_rule" "app_5433_5438" {
  type              = "ingress"
  security_group_id = "sg-0123456789abcdef0"
  description       = "ops"
  from_port         = 5433
  to_port           = 5438
  protocol          = "tcp"
  cidr_blocks       = ["0.0.0.0/0"]
}

resource "aws_security_group_rule" "app_5439" {
  type              = "ingress"
  security_group_id = "sg-0123456789abcdef0"
  description       = "ops"
  from_port         = 5439
  to_port           = 5439
  protocol          = "tcp"
  cidr_blocks       = ["192.0.2.0/24"]
}

resource "aws_security_group_rule" "app_5440" {
  type              = "ingress"
  security_group_id = "sg-0123456789abcdef0"
  description       = "ops"
  from_port         = 5440
  to_port           = 5440
  protocol          = "tcp"
  cidr_blocks       = ["0.0.0.0/0"]
}
