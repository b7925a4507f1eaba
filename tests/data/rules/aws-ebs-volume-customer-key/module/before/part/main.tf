variable "kms_key_id" {
  type    = string
  default = null
}

resource "aws_ebs_volume" "data" {
  availability_zone = "eu-west-1a"
  size              = 100
  kms_key_id        = var.kms_key_id
}
