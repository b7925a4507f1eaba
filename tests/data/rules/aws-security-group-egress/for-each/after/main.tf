resource "aws_security_group" "app" {
  for_each = toset(["a", "b"])

  name = each.key

  egress {
    description = "ops"
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["192.0.2.0/24"]
  }
}
