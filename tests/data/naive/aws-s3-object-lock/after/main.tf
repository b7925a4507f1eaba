resource "aws_s3_bucket" "data" {
  bucket              = "records-of-acme"
  object_lock_enabled = true
}
