resource "aws_sns_topic" "ops" {
  name = "ops"
}
