resource "aws_lb" "main" {
  count = 2

  name = "main-${count.index}"

  enable_deletion_protection = false
}
