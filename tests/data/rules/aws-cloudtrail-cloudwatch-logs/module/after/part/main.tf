variable "wanted" {
  type = string
}

resource "aws_cloudtrail" "main" {
  name                       = "main"
  s3_bucket_name             = "acme-trail"
  is_multi_region_trail      = true
  cloud_watch_logs_role_arn  = "arn:aws:iam::111122223333:role/trail"
  cloud_watch_logs_group_arn = var.wanted
}
