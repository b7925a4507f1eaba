resource "aws_lb" "web" {
  count = 2

  name    = "web-${count.index}"
  subnets = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
}
