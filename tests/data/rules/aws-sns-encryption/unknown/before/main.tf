data "aws_ssm_parameter" "setting" {
  name = "/platform/setting"
}

resource "aws_sns_topic" "alerts" {
  name              = "alerts"
  kms_master_key_id = try(data.aws_ssm_parameter.setting.value, null)
}
