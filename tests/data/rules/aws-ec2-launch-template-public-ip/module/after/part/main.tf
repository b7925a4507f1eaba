variable "associate_public_ip_address" {
  type = bool
}

resource "aws_launch_template" "web" {
  name_prefix = "web-"

  network_interfaces {
    device_index                = 0
    associate_public_ip_address = var.associate_public_ip_address
  }
}
