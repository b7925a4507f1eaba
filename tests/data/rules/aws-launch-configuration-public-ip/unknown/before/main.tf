data "aws_ssm_parameter" "choice" {
  name = "/choice"
}

resource "aws_launch_configuration" "web" {
  name_prefix                 = "web-"
  image_id                    = "ami-0123456789abcdef0"
  instance_type               = "t3.micro"
  associate_public_ip_address = data.aws_ssm_parameter.choice.value

  lifecycle {
    create_before_destroy = true
  }
}
