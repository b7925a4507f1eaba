resource "aws_launch_configuration" "web" {
  for_each = toset(["blue", "green"])

  name_prefix   = "web-"
  image_id      = "ami-0123456789abcdef0"
  instance_type = "t3.micro"

  root_block_device {
    volume_type = "gp3"
    encrypted   = false
  }

  lifecycle {
    create_before_destroy = true
  }
}
