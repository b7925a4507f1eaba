data "aws_ssm_parameter" "setting" {
  name = "/platform/setting"
}

resource "aws_lambda_permission" "uploads" {
  statement_id  = "AllowS3"
  action        = "lambda:InvokeFunction"
  function_name = "api"
  principal     = data.aws_ssm_parameter.setting.value
}
