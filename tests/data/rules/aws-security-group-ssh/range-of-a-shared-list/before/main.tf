locals {
  all = ["0.0.0.0/0"]
}

resource "aws_security_group" "app" {
  name = "app"

  ingress {
    description = "ops"
    from_port   = 22
    to_port     = 30
    protocol    = "tcp"
    cidr_blocks = local.all
  }

  ingress {
    description = "https"
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = local.all
  }
}
