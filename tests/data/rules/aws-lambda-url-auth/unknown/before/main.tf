data "aws_ssm_parameter" "setting" {
  name = "/platform/setting"
}

resource "aws_lambda_function_url" "hook" {
  function_name      = "hook"
  authorization_type = data.aws_ssm_parameter.setting.value
}
