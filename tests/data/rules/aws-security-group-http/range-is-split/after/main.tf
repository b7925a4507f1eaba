resource "aws_security_group" "app" {
  name = "app"

  # what the fleet needs
  ingress {
    description = "ops"
    from_port   = 80
    to_port     = 80
    protocol    = "tcp"
    cidr_blocks = ["192.0.2.0/24"]
    self        = true # peers
  }

  ingress {
    description = "ops"
    from_port   = 81
    to_port     = 81
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
    self        = true
  }

  ingress {
    description = "other"
    from_port   = 9
    to_port     = 9
    protocol    = "tcp"
    cidr_blocks = ["10.0.0.0/8"]
  }
}
