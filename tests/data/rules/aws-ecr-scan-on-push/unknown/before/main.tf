data "aws_ssm_parameter" "setting" {
  name = "/platform/setting"
}

resource "aws_ecr_repository" "app" {
  name                 = "app"
  image_tag_mutability = "IMMUTABLE"

  image_scanning_configuration {
    scan_on_push = tobool(data.aws_ssm_parameter.setting.value)
  }
}
