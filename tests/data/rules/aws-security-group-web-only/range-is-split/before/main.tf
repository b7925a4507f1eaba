resource "aws_security_group" "app" {
  name = "app"

  # what the fleet needs
  ingress {
    description = "ops"
    from_port   = 443
    to_port     = 8080
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
    self        = true # peers
  }

  ingress {
    description = "other"
    from_port   = 9
    to_port     = 9
    protocol    = "tcp"
    cidr_blocks = ["10.0.0.0/8"]
  }
}
