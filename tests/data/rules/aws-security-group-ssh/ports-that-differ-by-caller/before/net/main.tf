variable "port" {
  type = number
}

resource "aws_security_group" "app" {
  name = "app"

  ingress {
    description = "in"
    from_port   = var.port
    to_port     = var.port
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}
