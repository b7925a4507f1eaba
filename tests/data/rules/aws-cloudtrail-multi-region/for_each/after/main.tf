locals {
  parts = {
    a = { wanted = true }
    b = { wanted = true }
  }
}

resource "aws_cloudtrail" "all" {
  for_each = local.parts

  name                  = each.key
  s3_bucket_name        = "acme-trail"
  is_multi_region_trail = each.value.wanted
}
