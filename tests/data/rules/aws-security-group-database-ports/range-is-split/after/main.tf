resource "aws_security_group" "app" {
  name = "app"

  # what the fleet needs
  ingress {
    description = "ops"
    from_port   = 5430
    to_port     = 5431
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
    self        = true # peers
  }

  ingress {
    description = "ops"
    from_port   = 5432
    to_port     = 5432
    protocol    = "tcp"
    cidr_blocks = ["192.0.2.0/24"]
    self        = true
  }

  ingress {
    description = "ops"
    from_port   = 5433
    to_port     = 5438
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
    self        = true
  }

  ingress {
    description = "ops"
    from_port   = 5439
    to_port     = 5439
    protocol    = "tcp"
    cidr_blocks = ["192.0.2.0/24"]
    self        = true
  }

  ingress {
    description = "ops"
    from_port   = 5440
    to_port     = 5440
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
