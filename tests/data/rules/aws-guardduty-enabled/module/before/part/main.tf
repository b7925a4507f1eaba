variable "wanted" {
  type = bool
}

resource "aws_guardduty_detector" "main" {
  finding_publishing_frequency = "SIX_HOURS"
  enable                       = var.wanted
}
