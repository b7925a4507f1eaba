variable "rules" {
  type    = list(string)
  default = []
}

resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_default_security_group" "main" {
  vpc_id = aws_vpc.main.id

  dynamic "ingress" {
    for_each = var.rules
    content {
      protocol    = "-1"
      from_port   = 0
      to_port     = 0
      cidr_blocks = [ingress.value]
    }
  }
}
