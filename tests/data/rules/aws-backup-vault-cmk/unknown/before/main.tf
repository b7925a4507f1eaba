data "aws_ssm_parameter" "setting" {
  name = "/platform/setting"
}

resource "aws_backup_vault" "main" {
  name        = "main"
  kms_key_arn = try(data.aws_ssm_parameter.setting.value, null)
}
