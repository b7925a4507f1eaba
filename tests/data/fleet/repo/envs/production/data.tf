module "bucket" {
  source   = "../../modules/bucket"
  for_each = local.buckets

  name       = "${local.prefix}-${each.key}"
  versioning = each.value.versioning
  logging    = false
  log_bucket = aws_s3_bucket.logs.id
}

resource "aws_s3_bucket" "logs" {
  bucket_prefix = "${local.prefix}-access-logs-"
}

resource "aws_s3_bucket" "account" {
  bucket = "lumen-terraform-${var.account_suffix}"
}

# It stood before Terraform came.
import {
  to = aws_s3_bucket.legacy["uploads"]
  id = "lumen-legacy-uploads"
}

resource "aws_s3_bucket" "legacy" {
  for_each = toset(["uploads"])

  bucket = format("lumen-%s-%s", "legacy", each.value)
}

resource "aws_s3_bucket_policy" "logs" {
  bucket = aws_s3_bucket.logs.bucket

  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{
      Sid       = "TlsOnly"
      Effect    = "Deny"
      Principal = "*"
      Action    = "s3:*"
      Resource  = [aws_s3_bucket.logs.arn, "${aws_s3_bucket.logs.arn}/*"]
      Condition = { Bool = { "aws:SecureTransport" = "false" } }
    }]
  })
}

module "orders_db" {
  source = "../../modules/database"

  name       = "${local.prefix}-orders"
  subnet_ids = module.network.private_subnet_ids
  parameters = { "rds.force_ssl" = "1" }
}

resource "aws_rds_cluster_parameter_group" "analytics" {
  name   = "${local.prefix}-analytics"
  family = "aurora-postgresql15"
}

resource "aws_rds_cluster" "analytics" {
  cluster_identifier              = "${local.prefix}-analytics"
  engine                          = "aurora-postgresql"
  engine_version                  = "15.3"
  master_username                 = "owner"
  manage_master_user_password     = true
  db_cluster_parameter_group_name = aws_rds_cluster_parameter_group.analytics.name
  skip_final_snapshot             = true
}

resource "aws_dynamodb_table" "this" {
  for_each = {
    carts    = { hash_key = "user" }
    sessions = { hash_key = "id" }
  }

  name         = join("-", [local.prefix, each.key])
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = each.value.hash_key

  attribute {
    name = each.value.hash_key
    type = "S"
  }
}

resource "aws_elasticache_subnet_group" "this" {
  name       = "${local.prefix}-cache"
  subnet_ids = module.network.private_subnet_ids
}

resource "aws_elasticache_cluster" "sessions" {
  cluster_id        = "${local.prefix}-sessions"
  engine            = "redis"
  engine_version    = "7.0"
  node_type         = "cache.t3.small"
  num_cache_nodes   = 1
  subnet_group_name = aws_elasticache_subnet_group.this.name
}

resource "aws_kinesis_stream" "warehouse" {
  count = var.with_warehouse ? 1 : 0

  name        = "${local.prefix}-to-warehouse"
  shard_count = 1
}

resource "aws_efs_file_system" "shared" {
  creation_token = "${local.prefix}-shared"
  encrypted      = true

  tags = { Name = "${local.prefix}-shared" }
}

resource "aws_efs_mount_target" "shared" {
  count = length(var.zones)

  file_system_id = aws_efs_file_system.shared.id
  subnet_id      = module.network.private_subnet_ids[count.index]
}

resource "aws_kinesis_stream" "clicks" {
  name             = "${local.prefix}-clicks"
  shard_count      = 1
  encryption_type  = "KMS"
  kms_key_id       = "alias/aws/kinesis"
  retention_period = 48
}

resource "aws_kinesis_firehose_delivery_stream" "clicks" {
  name        = "${local.prefix}-clicks-to-s3"
  destination = "extended_s3"

  extended_s3_configuration {
    role_arn   = aws_iam_role.workflow.arn
    bucket_arn = module.bucket["exports"].arn
  }
}

resource "aws_glue_catalog_database" "events" {
  name = replace("${local.prefix}-events", "-", "_")
}

resource "aws_glue_catalog_table" "clicks" {
  name          = "clicks"
  database_name = aws_glue_catalog_database.events.name
}

resource "aws_glue_crawler" "events" {
  name          = "${local.prefix}-events"
  database_name = aws_glue_catalog_database.events.name
  role          = aws_iam_role.workflow.arn

  s3_target {
    path = "s3://${module.bucket["exports"].id}/events"
  }
}
