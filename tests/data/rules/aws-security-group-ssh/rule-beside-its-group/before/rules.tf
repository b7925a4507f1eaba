resource "aws_security_group_rule" "gate_ssh" {
  type              = "ingress"
  security_group_id = aws_security_group.gate.id
  from_port         = 22
  to_port           = 22
  protocol          = "tcp"
  cidr_blocks       = ["0.0.0.0/0"]
}
