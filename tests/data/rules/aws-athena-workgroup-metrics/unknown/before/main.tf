data "aws_ssm_parameter" "setting" {
  name = "/platform/setting"
}

resource "aws_athena_workgroup" "analysts" {
  name = "analysts"

  configuration {
    publish_cloudwatch_metrics_enabled = tobool(data.aws_ssm_parameter.setting.value)
  }
}
