variable "out" {
  type    = list(string)
  default = ["192.0.2.0/24"]
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
