resource "aws_security_group" "app" {
  for_each = { tcp = "tcp", ping = "icmp" }

  name = each.key

  ingress {
    description = "ops"
    from_port   = 8
    to_port     = 25
    protocol    = each.value
    cidr_blocks = ["0.0.0.0/0"]
  }
}
