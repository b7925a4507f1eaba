data "aws_ssm_parameter" "choice" {
  name = "/choice"
}

resource "aws_ebs_volume" "data" {
  availability_zone = "eu-west-1a"
  size              = 100
  kms_key_id        = data.aws_ssm_parameter.choice.value
}
