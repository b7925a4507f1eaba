resource "aws_cloudtrail" "main" {
  name                          = "main"
  s3_bucket_name                = "trail"
  include_global_service_events = false
}
