module "data_bucket" {
  source   = "../../modules/bucket"
  for_each = local.data_buckets

  name        = "${local.prefix}-${each.key}"
  versioning  = each.value.versioning
  expire_days = each.value.expire_days
  kms_key_arn = aws_kms_key.orders.arn
}

# Access logs of the load balancers and the other buckets.
resource "aws_s3_bucket" "access_logs" {
  bucket = "${local.prefix}-access-logs"
}

resource "aws_s3_bucket_public_access_block" "access_logs" {
  bucket = aws_s3_bucket.access_logs.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket" "assets" {
  bucket = format("%s-assets", local.prefix)
}

resource "aws_s3_bucket_versioning" "assets" {
  bucket = aws_s3_bucket.assets.id

  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_public_access_block" "assets" {
  bucket = aws_s3_bucket.assets.id

  block_public_acls       = true
  block_public_policy     = false
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_lifecycle_configuration" "assets" {
  bucket = aws_s3_bucket.assets.id

  rule {
    id     = "old-versions"
    status = "Enabled"

    filter {}

    noncurrent_version_expiration {
      noncurrent_days = 90
    }
  }
}

# Written by the pipeline to the other region.
resource "aws_s3_bucket" "replica" {
  bucket = "${local.prefix}-replica-${var.dr_suffix}"
}

resource "aws_s3_bucket_versioning" "replica" {
  bucket = aws_s3_bucket.replica.id

  versioning_configuration {
    status = "Suspended"
  }
}
