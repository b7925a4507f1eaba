locals {
  points = { a = true, b = false }
}

resource "aws_s3_access_point" "all" {
  for_each = local.points

  bucket = "acme-data"
  name   = each.key

  public_access_block_configuration {
    restrict_public_buckets = each.value
  }
}
