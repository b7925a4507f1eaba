variable "volumes" {
  type    = list(string)
  default = ["/dev/sdb"]
}

resource "aws_launch_template" "web" {
  dynamic "block_device_mappings" {
    for_each = var.volumes
    content {
      device_name = block_device_mappings.value
    }
  }
}
