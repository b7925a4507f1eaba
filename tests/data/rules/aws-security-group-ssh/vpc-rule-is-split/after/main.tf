resource "aws_vpc_security_group_ingress_rule" "app" {
  security_group_id = "sg-0123456789abcdef0"
  description       = "ops"
  from_port         = 20
  to_port           = 21
  ip_protocol       = "tcp"
  cidr_ipv4         = "0.0.0.0/0"
}

resource "aws_vpc_security_group_ingress_rule" "app_22" {
  for_each = toset(["192.0.2.0/24", "198.51.100.0/24"])

  security_group_id = "sg-0123456789abcdef0"
  description       = "ops"
  from_port         = 22
  to_port           = 22
  ip_protocol       = "tcp"
  cidr_ipv4         = each.value
}

resource "aws_vpc_security_group_ingress_rule" "app_23_25" {
  security_group_id = "sg-0123456789abcdef0"
  description       = "ops"
  from_port         = 23
  to_port           = 25
  ip_protocol       = "tcp"
  cidr_ipv4         = "0.0.0.0/0"
}
