resource "aws_ecr_repository" "app" {
  name = "app"
}

data "aws_ssm_parameter" "setting" {
  name = "/platform/setting"
}

resource "aws_ecr_lifecycle_policy" "any" {
  repository = data.aws_ssm_parameter.setting.value
  policy     = "{}"
}
