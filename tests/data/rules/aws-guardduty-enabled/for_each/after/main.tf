locals {
  parts = {
    a = { wanted = true }
    b = { wanted = true }
  }
}

resource "aws_guardduty_detector" "all" {
  for_each = local.parts

  finding_publishing_frequency = "SIX_HOURS"
  enable                       = each.value.wanted
}
