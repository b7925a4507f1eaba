resource "aws_launch_configuration" "web" {
  name_prefix   = "web-"
  image_id      = "ami-1e749f67"
  instance_type = "t3.micro"

  root_block_device {
    volume_size = 10
    encrypted   = true
  }
}
