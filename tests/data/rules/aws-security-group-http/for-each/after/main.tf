locals {
  groups = {
    blue  = ["10.0.0.0/8"]
    green = ["192.0.2.0/24", "10.1.0.0/16"]
  }
}

resource "aws_security_group" "app" {
  for_each = local.groups

  name = each.key

  ingress {
    description = "ops"
    from_port   = 80
    to_port     = 80
    protocol    = "tcp"
    cidr_blocks = each.value
  }
}
