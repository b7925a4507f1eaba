resource "aws_sns_topic" "alerts" {
  count = 2

  name = "alerts-${count.index}"
}
