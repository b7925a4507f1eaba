data "aws_ssm_parameter" "setting" {
  name = "/platform/setting"
}

resource "aws_athena_database" "logs" {
  name   = "logs"
  bucket = "query-results"

  encryption_configuration {
    encryption_option = data.aws_ssm_parameter.setting.value
  }
}
