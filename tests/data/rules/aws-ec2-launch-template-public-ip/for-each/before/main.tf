resource "aws_launch_template" "web" {
  for_each = toset(["blue", "green"])

  name_prefix = "web-"

  network_interfaces {
    device_index                = 0
    associate_public_ip_address = true
  }
}
