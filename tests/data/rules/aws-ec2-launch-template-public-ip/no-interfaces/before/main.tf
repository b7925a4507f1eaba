resource "aws_launch_template" "web" {
  name_prefix = "web-"
}
