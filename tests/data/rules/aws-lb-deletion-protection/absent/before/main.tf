resource "aws_lb" "main" {
  name = "main"
}
