resource "aws_lb" "main" {
  name                       = "main"
  enable_deletion_protection = true
}
