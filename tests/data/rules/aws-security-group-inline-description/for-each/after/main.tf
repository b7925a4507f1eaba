resource "aws_security_group" "web" {
  for_each = toset(["a", "b"])

  name_prefix = "web-"

  ingress {
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = ["10.0.0.0/8"]
    description = "Into web, managed by Terraform"
  }

  egress {
    from_port   = 0
    to_port     = 0
    protocol    = "-1"
    cidr_blocks = ["10.0.0.0/8"]
    description = "Out of web, managed by Terraform"
  }
}
