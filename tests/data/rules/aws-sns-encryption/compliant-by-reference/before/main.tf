resource "aws_kms_key" "alerts" {
  description = "alerts"
}

resource "aws_sns_topic" "alerts" {
  name              = "alerts"
  kms_master_key_id = aws_kms_key.alerts.id
}
