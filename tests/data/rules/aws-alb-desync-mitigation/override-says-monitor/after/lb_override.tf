resource "aws_lb" "web" {
  desync_mitigation_mode = "defensive"
}
