resource "aws_kms_key" "main" {
  description = "Data at rest"
}

resource "aws_efs_file_system" "data" {
  creation_token = "keyed"
  encrypted      = true
  kms_key_id     = aws_kms_key.main.arn
}
