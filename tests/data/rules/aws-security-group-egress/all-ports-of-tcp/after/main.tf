resource "aws_security_group" "app" {
  name = "app"

  egress {
    description = "ops"
    from_port   = 0
    to_port     = 65535
    protocol    = "tcp"
    cidr_blocks = ["192.0.2.0/24"]
  }
}
