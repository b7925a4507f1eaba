data "aws_ssm_parameter" "setting" {
  name = "/platform/setting"
}

resource "aws_ssm_parameter" "token" {
  name  = "/api/token"
  value = "change-me"
  type  = data.aws_ssm_parameter.setting.value
}
