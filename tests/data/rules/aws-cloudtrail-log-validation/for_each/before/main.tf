locals {
  parts = {
    a = { wanted = true }
    b = { wanted = false }
  }
}

resource "aws_cloudtrail" "all" {
  for_each = local.parts

  name                       = each.key
  s3_bucket_name             = "acme-trail"
  enable_log_file_validation = each.value.wanted
}
