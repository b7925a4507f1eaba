data "aws_ssm_parameter" "setting" {
  name = "/platform/setting"
}

resource "aws_athena_workgroup" "analysts" {
  name = "analysts"

  configuration {
    result_configuration {
      encryption_configuration {
        encryption_option = data.aws_ssm_parameter.setting.value
      }
    }
  }
}
