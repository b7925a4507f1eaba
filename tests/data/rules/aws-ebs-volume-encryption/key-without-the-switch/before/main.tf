resource "aws_kms_key" "data" {
  description = "data"
}

resource "aws_ebs_volume" "data" {
  availability_zone = "eu-west-1a"
  size              = 100
  encrypted         = false
  kms_key_id        = aws_kms_key.data.arn
}
