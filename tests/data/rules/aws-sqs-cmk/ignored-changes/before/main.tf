resource "aws_sqs_queue" "jobs" {
  name              = "jobs"
  kms_master_key_id = "alias/aws/sqs"

  lifecycle {
    ignore_changes = [kms_master_key_id]
  }
}
