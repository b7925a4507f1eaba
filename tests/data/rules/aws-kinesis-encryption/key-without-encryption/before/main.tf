resource "aws_kinesis_stream" "events" {
  name            = "events"
  shard_count     = 1
  encryption_type = "NONE"
  kms_key_id      = "alias/events"
}
