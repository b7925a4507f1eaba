resource "aws_security_group" "app" {
  for_each = toset(["a", "b"])

  name = each.key

  ingress {
    description = "ops"
    from_port   = 22
    to_port     = 22
    protocol    = "tcp"
    cidr_blocks = ["192.0.2.0/24"]
  }

  ingress {
    description = "ops"
    from_port   = 23
    to_port     = 23
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}
