resource "aws_sns_topic" "alerts" {
  name = "alerts"
}

# kms_master_key_id is left out: CloudWatch alarms publish here
resource "aws_sns_topic" "alarms" {
  name = "alarms"
}
