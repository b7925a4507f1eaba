data "aws_ssm_parameter" "setting" {
  name = "/platform/setting"
}

resource "aws_sqs_queue" "jobs" {
  name                    = "jobs"
  sqs_managed_sse_enabled = tobool(data.aws_ssm_parameter.setting.value)
}
