resource "aws_vpc_security_group_egress_rule" "app" {
  security_group_id = "sg-0123456789abcdef0"
  ip_protocol       = "-1"
  cidr_ipv4         = "192.0.2.0/24"
}
