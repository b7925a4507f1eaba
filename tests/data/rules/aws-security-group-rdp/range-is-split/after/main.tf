resource "aws_security_group" "app" {
  name = "app"

  # what the fleet needs
  ingress {
    description = "ops"
    from_port   = 3380
    to_port     = 3388
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
    self        = true # peers
  }

  ingress {
    description = "ops"
    from_port   = 3389
    to_port     = 3389
    protocol    = "tcp"
    cidr_blocks = ["192.0.2.0/24"]
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
