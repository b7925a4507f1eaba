variable "retention_period" {
  type    = number
  default = 168
}

resource "aws_kinesis_stream" "events" {
  name             = "events"
  shard_count      = 1
  retention_period = var.retention_period
}
