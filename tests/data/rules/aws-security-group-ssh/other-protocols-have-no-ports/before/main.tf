resource "aws_security_group" "app" {
  name = "app"

  ingress {
    description = "esp"
    from_port   = 0
    to_port     = 0
    protocol    = "50"
    cidr_blocks = ["0.0.0.0/0"]
  }
}
