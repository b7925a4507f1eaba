variable "admins" {
  type = list(string)
}

resource "aws_security_group" "app" {
  name = "app"

  ingress {
    description = "ops"
    from_port   = 3389
    to_port     = 3389
    protocol    = "tcp"
    cidr_blocks = var.admins
  }
}
