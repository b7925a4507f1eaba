variable "admins" {
  type = list(string)
}

resource "aws_security_group" "app" {
  name = "app"

  ingress {
    description = "ops"
    from_port   = 8080
    to_port     = 8080
    protocol    = "tcp"
    cidr_blocks = var.admins
  }
}
