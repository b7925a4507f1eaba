resource "aws_kms_key" "logs" {
  # encrypts the log bucket
  description = "logs bucket key"

  deletion_window_in_days = 7
  tags = {
    team = "platform"
  }
  enable_key_rotation = true
}
