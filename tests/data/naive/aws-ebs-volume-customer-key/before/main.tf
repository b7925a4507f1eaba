resource "aws_kms_key" "main" {
  description = "Data at rest"
}

resource "aws_ebs_volume" "data" {
  availability_zone = "eu-west-1a"
  size              = 8
  encrypted         = true
}
