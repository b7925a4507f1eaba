variable "last" {
  type    = number
  default = 25
}

resource "aws_security_group" "app" {
  name = "app"

  ingress {
    description = "ops"
    from_port   = 20
    to_port     = var.last
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}
