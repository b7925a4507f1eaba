resource "aws_security_group" "app" {
  name = "app"

  ingress {
    description      = "ops"
    from_port        = 5432
    to_port          = 5432
    protocol         = "tcp"
    ipv6_cidr_blocks = ["::/0"]
  }
}
