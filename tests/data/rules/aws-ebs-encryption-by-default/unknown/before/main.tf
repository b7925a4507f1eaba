data "aws_ssm_parameter" "choice" {
  name = "/choice"
}

resource "aws_ebs_encryption_by_default" "here" {
  enabled = data.aws_ssm_parameter.choice.value
}
