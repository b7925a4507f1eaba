data "aws_ssm_parameter" "choice" {
  name = "/choice"
}

resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_vpc_endpoint" "some" {
  vpc_id            = aws_vpc.main.id
  service_name      = data.aws_ssm_parameter.choice.value
  vpc_endpoint_type = "Interface"
}
