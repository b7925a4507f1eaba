resource "aws_launch_configuration" "web" {
  name_prefix   = "web-"
  image_id      = "ami-1e749f67"
  instance_type = "t3.micro"

  metadata_options {
    http_tokens = "required"
  }
}
