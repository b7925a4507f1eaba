resource "aws_kms_key" "data" {
  description = "data"
}

resource "aws_ebs_volume" "data" {
  for_each = {
    a = aws_kms_key.data.arn
    b = null
  }

  availability_zone = "eu-west-1${each.key}"
  size              = 100
  kms_key_id        = each.value
}
