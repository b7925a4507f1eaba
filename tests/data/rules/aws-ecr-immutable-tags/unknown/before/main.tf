data "aws_ssm_parameter" "setting" {
  name = "/platform/setting"
}

resource "aws_ecr_repository" "app" {
  name                 = "app"
  image_tag_mutability = data.aws_ssm_parameter.setting.value
}
