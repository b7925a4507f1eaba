data "aws_ssm_parameter" "setting" {
  name = "/platform/setting"
}

resource "aws_ecs_cluster" "main" {
  name = "main"

  setting {
    name  = "containerInsights"
    value = data.aws_ssm_parameter.setting.value
  }
}
