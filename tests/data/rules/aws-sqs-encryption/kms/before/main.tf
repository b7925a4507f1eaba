resource "aws_sqs_queue" "jobs" {
  kms_master_key_id = "alias/aws/sqs"
}
