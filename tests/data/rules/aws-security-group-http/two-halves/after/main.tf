resource "aws_security_group" "app" {
  name = "app"

  ingress {
    description = "ops"
    from_port   = 80
    to_port     = 80
    protocol    = "tcp"
    cidr_blocks = ["192.0.2.0/24", "10.0.0.0/8"]
  }
}
