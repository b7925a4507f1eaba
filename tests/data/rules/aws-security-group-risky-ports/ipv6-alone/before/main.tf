resource "aws_security_group" "app" {
  name = "app"

  ingress {
    description      = "ops"
    from_port        = 3306
    to_port          = 3306
    protocol         = "tcp"
    ipv6_cidr_blocks = ["::/0"]
  }
}
