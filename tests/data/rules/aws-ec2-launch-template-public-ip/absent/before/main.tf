resource "aws_launch_template" "web" {
  name_prefix = "web-"

  network_interfaces {
    device_index = 0
  }
}
