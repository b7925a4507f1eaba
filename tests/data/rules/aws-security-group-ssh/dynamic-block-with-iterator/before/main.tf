locals {
  open = {
    ssh = { port = 22, from = ["0.0.0.0/0"] }
  }
}

resource "aws_security_group" "app" {
  name = "app"

  dynamic "ingress" {
    for_each = local.open
    iterator = it

    content {
      description = it.key
      from_port   = it.value.port
      to_port     = it.value.port
      protocol    = "tcp"
      cidr_blocks = it.value.from
    }
  }
}
