resource "aws_security_group" "app" {
  name = "app"

  # what the fleet needs
  ingress {
    description = "ops"
    from_port   = 20
    to_port     = 21
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
    self        = true # peers
  }

  ingress {
    description = "ops"
    from_port   = 22
    to_port     = 22
    protocol    = "tcp"
    cidr_blocks = ["192.0.2.0/24"]
    self        = true
  }

  ingress {
    description = "ops"
    from_port   = 23
    to_port     = 25
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
