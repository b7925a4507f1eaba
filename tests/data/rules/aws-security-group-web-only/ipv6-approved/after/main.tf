resource "aws_security_group" "app" {
  name = "app"

  ingress {
    description      = "ops"
    from_port        = 8080
    to_port          = 8080
    protocol         = "tcp"
    ipv6_cidr_blocks = ["2001:db8:1::/48"]
  }
}
