resource "aws_security_group" "app" {
  name = "app"

  egress {
    description      = "ops"
    from_port        = 0
    to_port          = 0
    protocol         = "-1"
    cidr_blocks      = ["10.0.0.0/8"]
    ipv6_cidr_blocks = []
  }
}
