data "aws_ssm_parameter" "setting" {
  name = "/platform/setting"
}

resource "aws_ssm_parameter" "db" {
  name   = "/db/password"
  type   = "SecureString"
  value  = "change-me"
  key_id = data.aws_ssm_parameter.setting.value
}
