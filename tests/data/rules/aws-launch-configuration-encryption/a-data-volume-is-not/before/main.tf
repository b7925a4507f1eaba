resource "aws_launch_configuration" "web" {
  name_prefix   = "web-"
  image_id      = "ami-0123456789abcdef0"
  instance_type = "t3.micro"

  root_block_device {
    encrypted = true
  }

  ebs_block_device {
    device_name = "/dev/sdb"
    encrypted   = true
  }

  ebs_block_device {
    device_name = "/dev/sdc"
    volume_size = 100
  }

  lifecycle {
    create_before_destroy = true
  }
}
