resource "aws_instance" "main" {
  name       = "main"
  monitoring = true
}
