resource "aws_security_group" "app" {
  name = "app"

  egress {
    description = "ops"
    from_port   = 0
    to_port     = 65535
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}
