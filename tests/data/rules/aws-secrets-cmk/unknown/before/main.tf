data "aws_ssm_parameter" "setting" {
  name = "/platform/setting"
}

resource "aws_secretsmanager_secret" "db" {
  name       = "db"
  kms_key_id = data.aws_ssm_parameter.setting.value
}
