variable "setting" {
  type    = number
  default = 24
}

resource "aws_kinesis_stream" "events" {
  name             = "events"
  shard_count      = 1
  retention_period = var.setting
}

resource "aws_kinesis_stream" "events_two" {
  name             = "events-two"
  shard_count      = 1
  retention_period = var.setting
}
