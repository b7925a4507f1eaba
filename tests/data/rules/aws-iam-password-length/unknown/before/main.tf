data "aws_ssm_parameter" "setting" {
  name = "/platform/setting"
}

resource "aws_iam_account_password_policy" "strict" {
  require_symbols         = true
  minimum_password_length = tonumber(data.aws_ssm_parameter.setting.value)
}
