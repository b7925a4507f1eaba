resource "aws_ebs_volume" "main" {
  size = 10
}
