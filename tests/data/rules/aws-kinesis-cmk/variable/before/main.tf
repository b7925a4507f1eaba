variable "kms_key_id" {
  type    = string
  default = null
}

resource "aws_kinesis_stream" "events" {
  name            = "events"
  shard_count     = 1
  encryption_type = "KMS"
  kms_key_id      = var.kms_key_id
}
