resource "aws_lb" "main" {
  enable_deletion_protection = true
}
