resource "aws_autoscaling_group" "web" {
  name               = "web"
  min_size           = 1
  max_size           = 4
  availability_zones = ["eu-west-1a"]

  launch_template {
    id      = "lt-0123456789abcdef0"
    version = "$Latest"
  }
}
