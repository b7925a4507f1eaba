resource "aws_s3_bucket" "data" {
  for_each = toset(["raw", "clean"])

  bucket = "acme-${each.key}"
  tags   = { VantaContainsUserData = "true" }
}
