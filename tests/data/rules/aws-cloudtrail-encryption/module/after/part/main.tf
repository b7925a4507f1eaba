variable "wanted" {
  type = string
}

resource "aws_cloudtrail" "main" {
  name                  = "main"
  s3_bucket_name        = "acme-trail"
  is_multi_region_trail = true
  kms_key_id            = var.wanted
}
