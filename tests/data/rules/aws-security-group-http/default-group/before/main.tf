resource "aws_default_security_group" "app" {
  vpc_id = "vpc-0123456789abcdef0"

  ingress {
    description = "ops"
    from_port   = 80
    to_port     = 80
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}
