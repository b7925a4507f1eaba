resource "aws_default_security_group" "app" {
  vpc_id = "vpc-0123456789abcdef0"

  ingress {
    description = "ops"
    from_port   = 3389
    to_port     = 3389
    protocol    = "tcp"
    cidr_blocks = ["192.0.2.0/24"]
  }
}
