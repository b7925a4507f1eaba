resource "aws_ebs_volume" "main" {
  encrypted = false
}
