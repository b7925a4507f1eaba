resource "aws_kms_key" "data" {
  description = "data"
}

resource "aws_sns_topic" "alerts" {
  name = "alerts"
}
