resource "aws_instance" "main" {
  monitoring = true
}
