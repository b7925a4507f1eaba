resource "aws_kms_key" "data" {
  description         = "Data of the staging environment"
  enable_key_rotation = true
}

module "invoices" {
  source = "../../modules/bucket"

  name        = "${local.prefix}-invoices"
  kms_key_arn = aws_kms_key.data.arn
}

module "orders_db" {
  source = "../../modules/database"

  identifier         = "${local.prefix}-orders"
  subnet_ids         = var.subnet_ids
  security_group_ids = [var.database_security_group_id]
  kms_key_arn        = aws_kms_key.data.arn
}

module "orders_queue" {
  source = "../../modules/queue"

  name               = "${local.prefix}-orders"
  managed_encryption = true
}

resource "aws_s3_bucket" "scratch" {
  bucket_prefix = "${local.prefix}-scratch-"
  force_destroy = true
}

resource "aws_s3_bucket_public_access_block" "scratch" {
  bucket = aws_s3_bucket.scratch.id

  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_cloudwatch_log_group" "jobs" {
  name              = "/fernhill/${var.environment}/jobs"
  retention_in_days = 7
}
