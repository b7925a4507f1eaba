resource "aws_security_group_rule" "app" {
  type                     = "ingress"
  security_group_id        = "sg-0123456789abcdef0"
  description              = "ops"
  from_port                = 22
  to_port                  = 22
  protocol                 = "tcp"
  source_security_group_id = "sg-0123456789abcdef1"
}
