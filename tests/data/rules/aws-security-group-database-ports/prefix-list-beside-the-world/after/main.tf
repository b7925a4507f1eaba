resource "aws_security_group" "app" {
  name = "app"

  ingress {
    description     = "ops"
    from_port       = 5432
    to_port         = 5432
    protocol        = "tcp"
    cidr_blocks     = ["192.0.2.0/24"]
    prefix_list_ids = ["pl-0123456789abcdef0"]
  }
}
