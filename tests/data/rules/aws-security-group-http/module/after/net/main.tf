variable "admins" {
  type = list(string)
}

resource "aws_security_group" "app" {
  name = "app"

  ingress {
    description = "ops"
    from_port   = 80
    to_port     = 80
    protocol    = "tcp"
    cidr_blocks = var.admins
  }
}
