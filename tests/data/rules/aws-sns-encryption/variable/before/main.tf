variable "kms_master_key_id" {
  type    = string
  default = null
}

resource "aws_sns_topic" "alerts" {
  name              = "alerts"
  kms_master_key_id = var.kms_master_key_id
}
