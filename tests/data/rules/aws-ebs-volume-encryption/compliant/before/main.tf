resource "aws_ebs_volume" "main" {
  encrypted = true
}
