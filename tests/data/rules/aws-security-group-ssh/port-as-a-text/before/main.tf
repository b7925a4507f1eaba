resource "aws_security_group" "app" {
  name = "app"

  ingress {
    description = "ops"
    from_port   = "22"
    to_port     = "22"
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}
