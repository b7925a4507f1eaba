resource "aws_guardduty_detector" "main" {
  finding_publishing_frequency = "SIX_HOURS"
  # enable = true
  enable = true
}

resource "aws_guardduty_detector" "other" {
  finding_publishing_frequency = "SIX_HOURS"
  enable                       = false
}
