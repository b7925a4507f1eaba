resource "aws_kinesis_stream" "events" {
  for_each = {
    first  = { retention_period = 168 }
    second = { retention_period = 24 }
  }

  name             = each.key
  shard_count      = 1
  retention_period = each.value.retention_period
}
