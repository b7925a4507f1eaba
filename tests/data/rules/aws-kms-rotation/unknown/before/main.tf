data "aws_ssm_parameter" "setting" {
  name = "/platform/setting"
}

resource "aws_kms_key" "logs" {
  description         = "encrypts the log bucket"
  enable_key_rotation = tobool(data.aws_ssm_parameter.setting.value)
}
