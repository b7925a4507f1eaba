resource "aws_lb" "web" {
  for_each = toset(["a", "b"])

  name    = "web-${each.key}"
  subnets = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
}
