resource "aws_kinesis_stream" "events" {
  for_each = {
    first  = { kms_key_id = "arn:aws:kms:eu-west-1:111122223333:key/1111aaaa-22bb-33cc-44dd-5555eeee6666" }
    second = { kms_key_id = "alias/aws/kinesis" }
  }

  name            = each.key
  shard_count     = 1
  encryption_type = "KMS"
  kms_key_id      = each.value.kms_key_id
}
