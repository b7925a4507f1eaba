data "aws_ssm_parameter" "choice" {
  name = "/choice"
}

resource "aws_ec2_transit_gateway" "main" {
  description                    = "between the offices"
  auto_accept_shared_attachments = data.aws_ssm_parameter.choice.value
}
