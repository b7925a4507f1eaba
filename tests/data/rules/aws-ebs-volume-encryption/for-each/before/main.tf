resource "aws_ebs_volume" "data" {
  for_each = toset(["blue", "green"])

  availability_zone = "eu-west-1a"
  size              = 100
  encrypted         = false
}
