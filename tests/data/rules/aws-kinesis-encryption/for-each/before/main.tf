resource "aws_kinesis_stream" "events" {
  for_each = toset(["clicks", "orders"])

  name        = each.key
  shard_count = 1
}
