locals {
  parts = {
    a = { wanted = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab" }
    b = { wanted = "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab" }
  }
}

resource "aws_cloudtrail" "all" {
  for_each = local.parts

  name           = each.key
  s3_bucket_name = "acme-trail"
  kms_key_id     = each.value.wanted
}
