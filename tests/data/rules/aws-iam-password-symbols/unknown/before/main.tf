data "aws_ssm_parameter" "setting" {
  name = "/platform/setting"
}

resource "aws_iam_account_password_policy" "strict" {
  minimum_password_length = 14
  require_symbols         = tobool(data.aws_ssm_parameter.setting.value)
}
