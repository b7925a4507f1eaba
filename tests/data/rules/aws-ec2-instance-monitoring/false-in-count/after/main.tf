resource "aws_instance" "main" {
  count = 2

  name = "main-${count.index}"

  monitoring = true
}
