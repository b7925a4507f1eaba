resource "aws_security_group" "app" {
  for_each = { a = "192.0.2.0/24", b = "10.0.0.0/8" }

  name = each.key

  ingress {
    description = "ops"
    from_port   = 22
    to_port     = 22
    protocol    = "tcp"
    cidr_blocks = [each.value]
  }
}
