resource "aws_default_subnet" "a" {
  for_each = toset(["blue", "green"])

  availability_zone       = "eu-west-1a"
  map_public_ip_on_launch = true
}
