locals {
  parts = {
    a = { wanted = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab" }
    b = { wanted = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab" }
  }
}

resource "aws_cloudwatch_log_group" "all" {
  for_each = local.parts

  name              = "/app/${each.key}"
  retention_in_days = 365
  kms_key_id        = each.value.wanted
}
