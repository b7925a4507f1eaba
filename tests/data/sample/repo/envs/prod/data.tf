module "orders_db" {
  source = "../../modules/database"

  identifier          = "${local.prefix}-orders"
  instance_class      = "db.r6g.large"
  allocated_storage   = 200
  subnet_ids          = aws_subnet.private[*].id
  security_group_ids  = [aws_security_group.database.id]
  kms_key_arn         = aws_kms_key.orders.arn
  multi_az            = true
  deletion_protection = var.protect_orders_database
}

module "catalog_db" {
  source = "../../modules/database"

  identifier          = "${local.prefix}-catalog"
  subnet_ids          = aws_subnet.private[*].id
  security_group_ids  = [aws_security_group.database.id]
  kms_key_arn         = aws_kms_key.orders.arn
  deletion_protection = false
}

# Older than the module; moves into it with the next major version.
resource "aws_db_instance" "reporting" {
  identifier        = "${local.prefix}-reporting"
  engine            = "postgres"
  engine_version    = "15.8"
  instance_class    = "db.t4g.small"
  allocated_storage = 100

  username                    = "reporting"
  manage_master_user_password = true

  db_subnet_group_name   = aws_db_subnet_group.reporting.name
  vpc_security_group_ids = [aws_security_group.database.id]

  storage_encrypted          = false
  auto_minor_version_upgrade = false
  backup_retention_period    = 7
  copy_tags_to_snapshot      = true
  skip_final_snapshot        = false
  final_snapshot_identifier  = "${local.prefix}-reporting-final"
}

resource "aws_db_subnet_group" "reporting" {
  name       = "${local.prefix}-reporting"
  subnet_ids = aws_subnet.private[*].id
}

resource "aws_dynamodb_table" "carts" {
  name         = "${local.prefix}-carts"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "cart_id"

  attribute {
    name = "cart_id"
    type = "S"
  }
}

resource "aws_dynamodb_table" "sessions" {
  name         = "${local.prefix}-sessions"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "session_id"

  attribute {
    name = "session_id"
    type = "S"
  }

  point_in_time_recovery {
    enabled = false
  }

  ttl {
    attribute_name = "expires_at"
    enabled        = true
  }
}

resource "aws_dynamodb_table" "prices" {
  name         = "${local.prefix}-prices"
  billing_mode = "PAY_PER_REQUEST"
  hash_key     = "sku"

  attribute {
    name = "sku"
    type = "S"
  }

  point_in_time_recovery {
    enabled = true
  }
}
