resource "aws_security_group" "app" {
  name = "app"

  ingress {
    description     = "ops"
    from_port       = 80
    to_port         = 80
    protocol        = "tcp"
    cidr_blocks     = ["0.0.0.0/0"]
    prefix_list_ids = ["pl-0123456789abcdef0"]
  }
}
