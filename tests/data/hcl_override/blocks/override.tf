provider "aws" {
  region = "eu-west-2"
}

resource "aws_instance" "replaced" {
  ebs_block_device {
    device_name = "/dev/c"
    volume_size = 22
  }
}

resource "aws_instance" "dynamic" {
  ebs_block_device {
    device_name = "/dev/c"
    volume_size = 4
  }
}

resource "aws_instance" "by_dynamic" {
  dynamic "ebs_block_device" {
    for_each = [9, 10]

    content {
      device_name = "/dev/d${ebs_block_device.key}"
      volume_size = ebs_block_device.value
    }
  }
}
