resource "aws_security_group" "app" {
  name = "app"

  ingress {
    description = "ops"
    from_port   = 22
    to_port     = 22
    protocol    = "tcp"
    cidr_blocks = concat(["0.0.0.0/0"], ["10.0.0.0/8"])
  }
}
