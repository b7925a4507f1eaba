data "aws_ssm_parameter" "setting" {
  name = "/platform/setting"
}

resource "aws_athena_workgroup" "analysts" {
  name = "analysts"

  configuration {
    enforce_workgroup_configuration = tobool(data.aws_ssm_parameter.setting.value)
  }
}
