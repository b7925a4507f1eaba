data "aws_ssm_parameter" "setting" {
  name = "/platform/setting"
}

resource "aws_sqs_queue" "jobs" {
  name              = "jobs"
  kms_master_key_id = data.aws_ssm_parameter.setting.value
}
