resource "aws_autoscaling_group" "web" {
  for_each = toset(["blue", "green"])

  name                 = "web-${each.key}"
  min_size             = 1
  max_size             = 4
  availability_zones   = ["eu-west-1a"]
  launch_configuration = aws_launch_configuration.web.name
}

resource "aws_launch_configuration" "web" {
  image_id      = "ami-0123456789abcdef0"
  instance_type = "t3.micro"
}
