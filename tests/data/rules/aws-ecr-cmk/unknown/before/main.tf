data "aws_ssm_parameter" "setting" {
  name = "/platform/setting"
}

resource "aws_ecr_repository" "app" {
  name = "app"

  encryption_configuration {
    encryption_type = data.aws_ssm_parameter.setting.value
  }
}
