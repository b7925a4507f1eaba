data "aws_ssm_parameter" "setting" {
  name = "/platform/setting"
}

resource "aws_accessanalyzer_analyzer" "main" {
  analyzer_name = "main"
  type          = data.aws_ssm_parameter.setting.value
}
