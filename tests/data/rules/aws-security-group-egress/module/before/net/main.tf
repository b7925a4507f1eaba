variable "out" {
  type = list(string)
}

resource "aws_security_group" "app" {
  name = "app"

  egress {
    description = "ops"
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = var.out
  }
}
