data "aws_ssm_parameter" "choice" {
  name = "/choice"
}

resource "aws_default_subnet" "a" {
  availability_zone       = "eu-west-1a"
  map_public_ip_on_launch = data.aws_ssm_parameter.choice.value
}
