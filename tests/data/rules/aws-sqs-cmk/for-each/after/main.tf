resource "aws_sqs_queue" "jobs" {
  for_each = {
    first  = { kms_master_key_id = "arn:aws:kms:eu-west-1:111122223333:key/1111aaaa-22bb-33cc-44dd-5555eeee6666" }
    second = { kms_master_key_id = "arn:aws:kms:eu-west-1:111122223333:key/1111aaaa-22bb-33cc-44dd-5555eeee6666" }
  }

  name              = each.key
  kms_master_key_id = each.value.kms_master_key_id
}
