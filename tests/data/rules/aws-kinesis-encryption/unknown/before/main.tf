data "aws_ssm_parameter" "setting" {
  name = "/platform/setting"
}

resource "aws_kinesis_stream" "events" {
  name            = "events"
  shard_count     = 1
  encryption_type = data.aws_ssm_parameter.setting.value
  kms_key_id      = "alias/aws/kinesis"
}
