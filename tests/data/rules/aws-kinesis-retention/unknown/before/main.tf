data "aws_ssm_parameter" "setting" {
  name = "/platform/setting"
}

resource "aws_kinesis_stream" "events" {
  name             = "events"
  shard_count      = 1
  retention_period = tonumber(data.aws_ssm_parameter.setting.value)
}
