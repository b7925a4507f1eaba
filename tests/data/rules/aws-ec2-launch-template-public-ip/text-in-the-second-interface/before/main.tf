resource "aws_launch_template" "web" {
  network_interfaces {
    device_index                = 0
    associate_public_ip_address = false
  }

  network_interfaces {
    device_index                = 1
    associate_public_ip_address = "true"
  }
}
