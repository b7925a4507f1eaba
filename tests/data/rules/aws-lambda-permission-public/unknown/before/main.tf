data "aws_ssm_parameter" "setting" {
  name = "/platform/setting"
}

resource "aws_lambda_permission" "api" {
  statement_id  = "AllowAll"
  action        = "lambda:InvokeFunction"
  function_name = "api"
  principal     = data.aws_ssm_parameter.setting.value
}
