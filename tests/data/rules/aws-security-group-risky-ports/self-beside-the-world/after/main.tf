resource "aws_security_group" "app" {
  name = "app"

  ingress {
    description = "peers"
    from_port   = 8443
    to_port     = 8443
    protocol    = "tcp"
    self        = true
  }

  ingress {
    description = "ops"
    from_port   = 3306
    to_port     = 3306
    protocol    = "tcp"
    cidr_blocks = ["192.0.2.0/24"]
    self        = true
  }
}
